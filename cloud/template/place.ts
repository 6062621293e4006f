/** An error in a template; its message names the file, or the stack, and the logical id. */
export class TemplateError extends Error {
	override readonly name = "TemplateError";
}

/** Runs a step. Whatever it throws becomes a `TemplateError` that names the place; one that names a place already stays as it is. */
export function at<T>(place: string, step: () => T): T {
	try {
		return step();
	} catch (error) {
		throw named(place, error);
	}
}

/** Like `at`, for a step that is not done when it returns. */
export async function atLater<T>(
	place: string,
	step: () => T | Promise<T>,
): Promise<T> {
	try {
		return await step();
	} catch (error) {
		throw named(place, error);
	}
}

function named(place: string, error: unknown): TemplateError {
	if (error instanceof TemplateError) return error;
	const message =
		error instanceof RangeError && /call stack/.test(error.message)
			? "is nested too deeply"
			: error instanceof Error
				? error.message
				: String(error);
	return new TemplateError(`${place}: ${message}`);
}
