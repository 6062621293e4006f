/** An error response of an AWS service. */
export class AwsError extends Error {
	override readonly name = "AwsError";
	readonly status: number;
	readonly code: string;
	/** The code in the query protocol, if it is another one. */
	readonly queryCode: string;

	constructor(
		status: number,
		code: string,
		message: string,
		queryCode: string = code,
	) {
		super(message);
		this.status = status;
		this.code = code;
		this.queryCode = queryCode;
	}
}
