/** Sample content of the reference system. A real system queries its database instead. */
export interface Content {
	readonly contentId: string;
	readonly title: string;
	readonly body: string;
}

const library: readonly Content[] = [
	{
		contentId: "c-1",
		title: "Queues, explained",
		body: "A queue keeps what nobody has time for yet.",
	},
	{
		contentId: "c-2",
		title: "A bus in an hour",
		body: "A bus knows who wants what, and nobody else has to.",
	},
];

export function findContent(contentId: string): Content | undefined {
	return library.find((content) => content.contentId === contentId);
}
