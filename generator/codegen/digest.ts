import { hash } from "node:crypto";

/** A short text that differs wherever the long one does. */
export function digest(text: string): string {
	return hash("sha256", text, "base64url");
}
