export { handledBy } from "./handled.ts";
export {
	type PublishedEvent,
	type RecordingPublisher,
	recordingPublisher,
} from "./recording-publisher.ts";
export {
	type DeliveredEvent,
	type Overrides,
	type SampleOptions,
	sample,
	type Wire,
	type Wires,
} from "./sample.ts";
