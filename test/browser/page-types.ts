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
  crossOrigin: string | null;
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
  readonly error: { readonly code: number; readonly message: string } | null;
  readonly textTracks: Iterable<{
    readonly mode: string;
    readonly activeCues: ArrayLike<{ readonly text: string }> | null;
  }>;
  /** Not in every browser. */
  readonly audioTracks?: ArrayLike<{ enabled: boolean; readonly language: string }>;
  /** In Chromium. */
  readonly webkitAudioDecodedByteCount?: number;
  play(): Promise<void>;
  pause(): void;
  requestVideoFrameCallback(seen: (now: number, frame: { readonly mediaTime: number }) => void): void;
}

/** `HTMLElement`. */
export interface PageElement extends EventTarget {
  readonly textContent: string;
  readonly children: Iterable<PageElement>;
  readonly shadowRoot: {
    querySelector(name: 'input'): PageInput;
    querySelector(name: 'img'): { readonly src: string; readonly naturalWidth: number };
    querySelector(selector: string): PageElement | null;
  };
  getAttribute(name: string): string | null;
  setAttribute(name: string, value: string): void;
  getBoundingClientRect(): {
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
  };
  click(): void;
}

/** `HTMLInputElement`. */
interface PageInput extends EventTarget {
  valueAsNumber: number;
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
  querySelector(selector: string): PageElement | null;
  querySelectorAll(selector: string): ArrayLike<PageElement> & Iterable<PageElement>;
}

/** `HTMLCanvasElement`. */
export interface PageCanvas {
  width: number;
  height: number;
  getContext(kind: '2d', options: { readonly willReadFrequently: boolean }): PageContext;
}

/** `CanvasRenderingContext2D`. */
export interface PageContext {
  drawImage(video: PageVideo, ...sourceAndTarget: number[]): void;
  getImageData(x: number, y: number, width: number, height: number): { readonly data: Uint8ClampedArray };
}

/** `AudioNode`. */
interface PageAudioNode {
  connect(next: PageAudioNode): void;
}

/** `AnalyserNode`. */
export interface PageAnalyser extends PageAudioNode {
  fftSize: number;
  smoothingTimeConstant: number;
  readonly frequencyBinCount: number;
  getFloatFrequencyData(spectrum: Float32Array): void;
}

/** `AudioContext`. */
export interface PageAudioContext {
  readonly state: string;
  readonly sampleRate: number;
  readonly destination: PageAudioNode;
  resume(): Promise<void>;
  createAnalyser(): PageAnalyser;
  createMediaElementSource(video: PageVideo): PageAudioNode;
}

/** An audio track as hls.js lists it. */
export interface HlsAudioTrack {
  readonly lang?: string;
}

/** The data of hls.js' error event. */
export interface HlsError {
  readonly details: string;
  readonly fatal: boolean;
  readonly error?: { readonly message: string };
}

/** The data of hls.js' event for new buffers. */
interface HlsBuffers {
  readonly tracks: Readonly<Record<string, { readonly buffer: PageSourceBuffer }>>;
}

/** The data of hls.js' event for a segment that has been read, and is about to be buffered. */
interface HlsParsed {
  readonly frag: { readonly type: string; readonly sn: number | 'initSegment' };
}

/** A player of hls.js. */
export interface HlsPlayer {
  /** Forms of the video, the lowest first. */
  readonly levels: readonly { readonly height: number }[];
  /** The form of what is loaded from now on. */
  loadLevel: number;
  /** The form of what is shown from the next segment on: what is buffered of it is thrown away. */
  nextLevel: number;
  /** The form of what is shown, at once. */
  currentLevel: number;
  audioTrack: number;
  readonly audioTracks: readonly HlsAudioTrack[];
  on(event: 'hlsError', heard: (event: string, error: HlsError) => void): void;
  on(event: 'hlsManifestParsed', heard: () => void): void;
  on(event: 'hlsFragParsed', heard: (event: string, parsed: HlsParsed) => void): void;
  on(event: 'hlsBufferCreated', heard: (event: string, buffers: HlsBuffers) => void): void;
  loadSource(url: string): void;
  attachMedia(video: PageVideo): void;
}

/** What the module of hls.js exports. */
export type HlsConstructor = new (options: Readonly<Record<string, unknown>>) => HlsPlayer;
