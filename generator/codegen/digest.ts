import { hash } from "node:crypto";

/** A cryptographic hash of a string. */
export function digest(text: string): string {
	return hash("sha256", text, "base64url");
}
