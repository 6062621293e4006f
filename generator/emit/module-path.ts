/** The relative import path from one generated file to another. Both paths are relative to the output folder. */
export function importPath(from: string, to: string): string {
	const fromFolders = from.split("/").slice(0, -1);
	const toParts = to.split("/");
	let shared = 0;
	while (
		shared < fromFolders.length &&
		shared < toParts.length - 1 &&
		fromFolders[shared] === toParts[shared]
	)
		shared++;
	const up = fromFolders.slice(shared).map(() => "..");
	return [...(up.length > 0 ? up : ["."]), ...toParts.slice(shared)].join("/");
}
