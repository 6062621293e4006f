// error: 'contentMislaid' does not exist
import { contentPublisher } from "../../../generated/publishers/content.js";

export const publish = () => contentPublisher().contentMislaid({});
