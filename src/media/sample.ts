/** One coded frame of a track, as the container stores it (a laced block gives several). */
export interface Sample {
  /** The track's `id`. */
  readonly trackId: number;
  /** When the frame is shown, in ticks of its track's timescale, on the source's own timeline; may be negative. */
  readonly presentationTime: number;
  /**
   * When the frame is decoded, in ticks, where the container states it (MP4, TS). Matroska does not, save for video
   * that it took from AVI (`V_MS/VFW/FOURCC`) where the pictures do not say in which order they are shown: there this is
   * all it states, `presentationTime` is the same number, and with reordered frames not the time at which the frame is
   * shown.
   */
  readonly decodeTime: number | undefined;
  /** How long the frame lasts, in ticks, where the container says so for this frame. */
  readonly duration: number | undefined;
  /**
   * The container calls the frame a random access point (a candidate until its bytes are seen), or it is of an audio or
   * subtitle codec whose every frame is one.
   */
  readonly isSync: boolean;
  /**
   * Ticks to drop from the end of the decoded frame (Matroska DiscardPadding, MP4 edit lists); negative: from its start.
   * 0 as a rule. Minus its duration is all of a frame that an MP4 edit list hides: decoded for those after it, not shown.
   */
  readonly discardPadding: number;
  /**
   * Set where an edit list of MP4 goes on with another part of the media: decoding begins anew with this frame, whatever was
   * decoded before. Frames that it hides have the time at which their part begins or ends.
   */
  readonly beginsAnew?: boolean;
  /**
   * Place of the frame among those that share its block (Matroska lacing); 0 or absent for the first. The container
   * times the first alone: a later frame's time is that plus the frames' stated durations or, where none are stated,
   * the same time again, to be replaced by what the codec's own frame lengths say.
   */
  readonly laceIndex?: number;
  /**
   * What the container carries beside the frame for its codec (Matroska BlockAdditional of BlockAddID 1): the settings of a
   * WebVTT cue. A view, as `data` is; absent as a rule.
   */
  readonly addition?: Uint8Array;
  /**
   * The colours that pixels of the picture are numbers of, where they change in mid-stream (AVI): 256 of 32 bits, blue first,
   * opaque. The same array as long as they stay the same.
   */
  readonly palette?: Uint8Array;
  /** Byte offset of the block in the source, for messages and for the index. */
  readonly offset: number;
  /** The frame's bytes: a read-only view of what was read from the source. Copied only where it must be joined. */
  readonly data: Uint8Array;
}

/** Whether an edit list hides all of a picture: it is decoded for those after it, and not shown. */
export function isHidden({ discardPadding, duration = 0 }: Sample): boolean {
  return discardPadding < 0 && -discardPadding >= duration;
}
