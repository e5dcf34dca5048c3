// The few things of a page that the scenarios touch. The DOM's own types would be there for all of the code then, also
// for what never runs in a browser.

/** `TimeRanges`. */
interface Ranges {
  readonly length: number;
  start(index: number): number;
  end(index: number): number;
}

/** `HTMLVideoElement`. */
export interface PageVideo extends EventTarget {
  src: string;
  muted: boolean;
  currentTime: number;
  playbackRate: number;
  readonly paused: boolean;
  readonly ended: boolean;
  readonly seeking: boolean;
  readonly readyState: number;
  readonly duration: number;
  readonly videoWidth: number;
  readonly videoHeight: number;
  readonly buffered: Ranges;
  readonly error: { readonly message: string } | null;
  play(): Promise<void>;
  requestVideoFrameCallback(seen: (now: number, frame: { readonly mediaTime: number }) => void): void;
}

/** `HTMLInputElement`. */
export interface PageInput extends EventTarget {
  value: string;
}

/** `SourceBuffer`. */
interface PageSourceBuffer extends EventTarget {
  readonly buffered: Ranges;
  appendBuffer(bytes: Uint8Array): void;
}

/** `MediaSource`. */
export interface PageMediaSource extends EventTarget {
  addSourceBuffer(type: string): PageSourceBuffer;
  endOfStream(): void;
}

/** `Document`, of a page that holds a video element. */
export interface PageDocument {
  readonly body: { append(video: PageVideo): void };
  createElement(name: 'video'): PageVideo;
  querySelector(name: 'video'): PageVideo | null;
}
