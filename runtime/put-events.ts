// The part of PutEvents that is used, in the SDK's shape.

/** An entry of a PutEvents request, in the SDK's shape. */
export interface Entry {
	readonly EventBusName: string;
	readonly Source: string;
	readonly DetailType: string;
	readonly Detail: string;
	readonly Time?: Date;
	readonly Resources?: string[];
	readonly TraceHeader?: string;
}

/** The part of a PutEvents response that is read: one result per entry, in request order. */
export interface SendResult {
	readonly Entries?:
		| readonly {
				readonly EventId?: string | undefined;
				readonly ErrorCode?: string | undefined;
				readonly ErrorMessage?: string | undefined;
		  }[]
		| undefined;
	readonly $metadata?: { readonly requestId?: string | undefined };
}
