/**
 * Every size and count that a Matroska file controls, with the most that is accepted. Each is many times what real
 * files hold, and small enough that a hostile file cannot exhaust the process. They are checked before anything is
 * allocated.
 */
export const LIMITS = {
  /** Bytes of the EBML header; real ones have about 40. */
  ebmlHeaderBytes: 4096,
  /** Elements before the first Cluster. */
  headElements: 10_000,
  /** Unreadable bytes before the first Cluster that are searched for the next element. */
  headScanBytes: 1 << 20,
  /** Bytes of the Info element. */
  infoBytes: 1 << 20,
  /** Bytes of the Tracks element. */
  tracksBytes: 16 << 20,
  /** Tracks in the file. */
  tracks: 256,
  /** Bytes of one CodecPrivate, before and after inflating. */
  codecPrivateBytes: 4 << 20,
  /** ContentEncodings of one track. */
  contentEncodings: 8,
  /** BlockAdditionMappings of one track. */
  blockAdditionMappings: 16,
  /** Bytes of one SeekHead. */
  seekHeadBytes: 1 << 20,
  /** Entries of all SeekHeads together. */
  seekEntries: 4096,
  /** Bytes of the Cues element. */
  cuesBytes: 64 << 20,
  /** Cue entries of one track. */
  cueEntries: 1_000_000,
  /** Bytes of the Chapters element. */
  chaptersBytes: 8 << 20,
  /** Chapters, and titles of one chapter. */
  chapters: 10_000,
  /** Bytes of one Tags element. */
  tagsBytes: 16 << 20,
  /** Tags in the file. */
  tags: 10_000,
  /** Attached files. */
  attachments: 4096,
  /** Bytes of a text. */
  textBytes: 1 << 20,
  /** Depth to which chapters nest. */
  nesting: 16,
  /** Bytes of one block, laced frames together. */
  blockBytes: 128 << 20,
  /** Samples of one batch, which a chunk full of tiny frames could make very long. */
  batchSamples: 16_384,
  /** Bytes of one batch that are copies, not views: inflated frames can be a thousand times what is stored. */
  batchCopiedBytes: 64 << 20,
  /** Bytes of one block's frames together after inflating. */
  inflatedBlockBytes: 32 << 20,
  /** Bytes of a header that was stripped off every frame, and that every small frame gets back. */
  strippedHeaderBytes: 4096,
  /** Bytes of an element of unknown kind between blocks that is passed over without a look at what follows. */
  unknownElementBytes: 1 << 16,
  /** Reads of a search for a time in a file without usable Cues. */
  seekProbes: 24,
  /** Bytes through which a search steps back for a random access point before it starts there. */
  seekBackBytes: 256 << 20,
  /** TimestampScale in nanoseconds: ten seconds a tick. */
  timestampScale: 10_000_000_000,
  /** Believable duration in nanoseconds: 24 hours. */
  durationNs: 24 * 3600 * 1_000_000_000,
} as const;
