import type { Demuxer } from '../media/demuxer.js';

/** A demuxer of any container. */
export interface SourceDemuxer extends Demuxer {
  /**
   * Gives back what was opened for reading the head, when samples are never asked for. Safe to call at any time; does
   * not close the source.
   */
  close(): Promise<void>;
}
