// What tests use of mpd-parser, which has no types of its own.
declare module 'mpd-parser' {
  /** A segment, or an init segment, as it is listed. */
  interface ParsedPart {
    readonly uri: string;
    readonly resolvedUri: string;
  }

  /** A representation. */
  export interface ParsedPlaylist {
    readonly attributes: {
      readonly NAME: string;
      readonly BANDWIDTH: number;
      readonly CODECS: string;
      readonly RESOLUTION?: { readonly width: number; readonly height: number };
      readonly 'FRAME-RATE'?: number;
    };
    readonly segments: readonly (ParsedPart & {
      readonly number: number;
      /** Seconds. */
      readonly duration: number;
      /** Seconds. */
      readonly presentationTime: number;
      readonly map: ParsedPart;
    })[];
  }

  /** An audio adaptation set. */
  export interface ParsedAudio {
    readonly default: boolean;
    readonly autoselect: boolean;
    readonly language: string;
    readonly playlists: readonly ParsedPlaylist[];
  }

  export interface ParsedManifest {
    /** Seconds. */
    readonly duration: number;
    readonly playlists: readonly ParsedPlaylist[];
    readonly mediaGroups: {
      readonly AUDIO: { readonly audio?: Readonly<Record<string, ParsedAudio>> };
      readonly SUBTITLES: { readonly subs?: Readonly<Record<string, ParsedAudio>> };
    };
  }

  /** Parses a manifest; what it warns of goes to `eventHandler`. */
  export function parse(
    manifest: string,
    options: {
      readonly manifestUri: string;
      readonly eventHandler?: (event: { readonly type: string; readonly message: string }) => void;
    },
  ): ParsedManifest;
}
