import type { MessageMeta } from './message.js';

/** A job for an engine: stateless, so that it can be given to another engine when the first one dies. */
export interface EngineRequest {
  /** Which job. */
  readonly kind: string;
  /** What it is about, as JSON. */
  readonly meta: MessageMeta;
  /** Its bytes; must not change until the call has returned. */
  readonly parts: readonly Uint8Array[];
}

/** What an engine answered. */
export interface EngineReply {
  /** The result, as JSON. */
  readonly meta: MessageMeta;
  /** Its bytes, in a buffer that belongs to the caller. */
  readonly payload: Uint8Array<ArrayBuffer>;
}

/** What an engine is: part of the identity of everything that it makes. */
export interface EngineIdentity {
  /** FFmpeg's version. */
  readonly ffmpeg: string;
  /** libavcodec's version. */
  readonly libavcodec: string;
  /** The AAC encoder that is used unless a job names another, with its options and version. */
  readonly aacEncoder: string;
}
