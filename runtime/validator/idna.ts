// Labels of internationalized host names: RFC 5890 to 5893. What JavaScript's Unicode properties do not tell is approximated by scripts.

/** Whether a label of ASCII is valid: letters, digits and hyphens, or the encoded form of a valid label. */
export function isAsciiLabel(label: string): boolean {
	if (!/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i.test(label)) return false;
	if (!/^xn--/i.test(label)) return true;
	const decoded = decode(label.slice(4).toLowerCase());
	return (
		decoded !== undefined &&
		/[^\0-\x7f]/.test(decoded) &&
		encode(decoded) === label.slice(4).toLowerCase() &&
		isUnicodeLabel(decoded) &&
		isDirected([decoded])
	);
}

/** Whether the labels of a host name are valid, in ASCII or not. */
export function areLabels(labels: readonly string[]): boolean {
	return (
		labels.every((label) =>
			/[^\0-\x7f]/.test(label)
				? isUnicodeLabel(label) && encode(label).length <= 59
				: isAsciiLabel(label),
		) && isDirected(labels)
	);
}

/** Code points that a rule needs to look around: https://www.rfc-editor.org/rfc/rfc5892#appendix-A */
const contexts: readonly (readonly [RegExp, RegExp])[] = [
	[/\u{b7}/gu, /(?<=l)\u{b7}(?=l)/gu],
	[/\u{375}/gu, /\u{375}(?=\p{Script=Greek})/gu],
	[/[\u{5f3}\u{5f4}]/gu, /(?<=\p{Script=Hebrew})[\u{5f3}\u{5f4}]/gu],
	[
		/[\u{200c}\u{200d}]/gu,
		// After a virama; a non-joiner also between letters that join.
		/(?<=[\u{94d}\u{9cd}\u{a4d}\u{acd}\u{b4d}\u{bcd}\u{c4d}\u{ccd}\u{d4d}\u{dca}\u{e3a}\u{f84}\u{1039}\u{17d2}])[\u{200c}\u{200d}]|(?<=[\p{Script=Arabic}\p{Script=Syriac}]\p{M}*)\u{200c}(?=\p{M}*[\p{Script=Arabic}\p{Script=Syriac}])/gu,
	],
];

function isUnicodeLabel(label: string): boolean {
	if (
		label !== label.normalize("NFC") ||
		label.slice(2, 4) === "--" ||
		/^-|-$|^\p{M}/u.test(label) ||
		/[\u{640}\u{7fa}\u{302e}\u{302f}\u{3031}-\u{3035}\u{303b}]/u.test(label)
	)
		return false;
	for (const character of label) if (!isAllowed(character)) return false;
	for (const [all, right] of contexts)
		if (label.match(all)?.length !== label.match(right)?.length) return false;
	const arabicDigits = /[\u{660}-\u{669}]/u.test(label);
	if (arabicDigits && /[\u{6f0}-\u{6f9}]/u.test(label)) return false;
	return (
		!label.includes("\u{30fb}") ||
		/[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}]/u.test(
			label.replaceAll("\u{30fb}", ""),
		)
	);
}

/** https://www.rfc-editor.org/rfc/rfc5892#section-2 */
const isAllowed = (character: string): boolean =>
	/[-\u{df}\u{3c2}\u{6fd}\u{6fe}\u{f0b}\u{3007}\u{b7}\u{375}\u{5f3}\u{5f4}\u{30fb}\u{200c}\u{200d}]/u.test(
		character,
	) ||
	(/[\p{Ll}\p{Lo}\p{Lm}\p{Mn}\p{Mc}\p{Nd}]/u.test(character) &&
		character.normalize("NFKC").toLowerCase().normalize("NFKC") === character);

const rightLetters =
	/(?!\p{Nd})[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;
const rightOrDigit =
	/[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Nd}]\p{M}*$/u;

/** The rule for names with letters that are written from right to left: https://www.rfc-editor.org/rfc/rfc5893#section-2 */
function isDirected(labels: readonly string[]): boolean {
	if (!labels.some((label) => rightLetters.test(label))) return true;
	return labels.every((label) => {
		if (/^\p{Nd}/u.test(label)) return false;
		if (!rightLetters.test(label)) return true;
		const first = [...label][0] ?? "";
		return (
			rightLetters.test(first) &&
			rightOrDigit.test(label) &&
			![...label].some(
				(letter) => /[\p{L}]/u.test(letter) && !rightLetters.test(letter),
			) &&
			!(/[0-9\u{6f0}-\u{6f9}]/u.test(label) && /[\u{660}-\u{669}]/u.test(label))
		);
	});
}

// Punycode: https://www.rfc-editor.org/rfc/rfc3492
const base = 36;

function adapt(delta: number, count: number, isFirst: boolean): number {
	let rest = isFirst ? Math.floor(delta / 700) : delta >> 1;
	rest += Math.floor(rest / count);
	let k = 0;
	for (; rest > 455; k += base) rest = Math.floor(rest / 35);
	return k + Math.floor((36 * rest) / (rest + 38));
}

const thresholdOf = (k: number, bias: number): number =>
	Math.min(26, Math.max(1, k - bias));

function decode(text: string): string | undefined {
	const dash = text.lastIndexOf("-");
	const out = [...(dash > 0 ? text.slice(0, dash) : "")].map((letter) =>
		letter.charCodeAt(0),
	);
	let code = 128;
	let bias = 72;
	let i = 0;
	for (let at = dash > 0 ? dash + 1 : 0; at < text.length; ) {
		const before = i;
		for (let weight = 1, k = base; ; k += base) {
			const digit = "abcdefghijklmnopqrstuvwxyz0123456789".indexOf(
				text[at++] ?? " ",
			);
			if (digit < 0) return undefined;
			i += digit * weight;
			const threshold = thresholdOf(k, bias);
			if (digit < threshold) break;
			weight *= base - threshold;
		}
		bias = adapt(i - before, out.length + 1, before === 0);
		code += Math.floor(i / (out.length + 1));
		if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return undefined;
		i %= out.length + 1;
		out.splice(i++, 0, code);
	}
	return String.fromCodePoint(...out);
}

function encode(text: string): string {
	const codes = [...text].map((letter) => letter.codePointAt(0) as number);
	const ascii = codes.filter((code) => code < 128);
	let out = String.fromCodePoint(...ascii) + (ascii.length > 0 ? "-" : "");
	let handled = ascii.length;
	let code = 128;
	let bias = 72;
	let delta = 0;
	while (handled < codes.length) {
		const next = Math.min(...codes.filter((other) => other >= code));
		delta += (next - code) * (handled + 1);
		code = next;
		for (const other of codes) {
			if (other < code) delta++;
			if (other !== code) continue;
			let rest = delta;
			for (let k = base; ; k += base) {
				const threshold = thresholdOf(k, bias);
				if (rest < threshold) break;
				const digit = threshold + ((rest - threshold) % (base - threshold));
				out += "abcdefghijklmnopqrstuvwxyz0123456789"[digit];
				rest = Math.floor((rest - threshold) / (base - threshold));
			}
			out += "abcdefghijklmnopqrstuvwxyz0123456789"[rest];
			bias = adapt(delta, handled + 1, handled === ascii.length);
			delta = 0;
			handled++;
		}
		delta++;
		code++;
	}
	return out;
}
