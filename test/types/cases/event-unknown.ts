// error: 'contentMislaid' does not exist
import { contentPublisher } from "../../../generated/publishers/content.ts";

export const publish = () => contentPublisher().contentMislaid({});
