// The part of the protocol that is about files: what was opened, and what is taken out.

/** A file that was opened: its bytes, and what they are by themselves, whatever its name says. */
export interface OpenedFile {
  readonly content: Blob;
  readonly kind: "image" | "audio" | "pdf" | "text" | "other";
  readonly mediaType: string; // by the content; application/octet-stream for what is only downloaded
  readonly tooManyPixels: boolean;
}

export interface ExportedCase {
  readonly content: Blob;
  readonly files: number;
  readonly unproven: number; // events that were not in the public log yet
}

export interface ExportProgress {
  readonly done: number; // bytes
  readonly total: number;
}
