export interface ApiMethod {
	readonly verb: string;
	readonly path: string;
	readonly functionArn: string;
	readonly models: ReadonlyMap<string, (body: unknown) => readonly string[]>;
}

export interface LocalRestApi {
	readonly id: string;
	readonly name: string;
	readonly account: string;
	readonly region: string;
	/** Paths by resource id. */
	readonly paths: Map<string, string>;
	readonly models: Map<string, object>;
	readonly bodyValidators: Set<string>;
	readonly methods: ApiMethod[];
	readonly gatewayResponses: Map<string, { status: number; template: string }>;
	readonly stages: string[];
	/** Set once the server listens. */
	address?: string;
}

/** A deployed stage. */
export interface LocalApi {
	readonly name: string;
	readonly account: string;
	readonly url: string;
	/** Such as `GET /content/{contentId}`. */
	readonly routes: readonly string[];
}

export interface ApiTables {
	/** By id. */
	readonly restApis: Map<string, LocalRestApi>;
	readonly apis: LocalApi[];
}
