/**
 * IDs of the elements that the demuxer reads, length marker included, under their names in the specification.
 * @see RFC 8794, section 11; RFC 9559, section 5
 */
export const ID = {
  EBML: 0x1a45dfa3,
  EBMLReadVersion: 0x42f7,
  EBMLMaxIDLength: 0x42f2,
  EBMLMaxSizeLength: 0x42f3,
  DocType: 0x4282,
  DocTypeReadVersion: 0x4285,
  Void: 0xec,
  'CRC-32': 0xbf,

  Segment: 0x18538067,

  SeekHead: 0x114d9b74,
  Seek: 0x4dbb,
  SeekID: 0x53ab,
  SeekPosition: 0x53ac,

  Info: 0x1549a966,
  TimestampScale: 0x2ad7b1,
  Duration: 0x4489,
  Title: 0x7ba9,
  WritingApp: 0x5741,

  Cluster: 0x1f43b675,
  Timestamp: 0xe7,
  SilentTracks: 0x5854,
  Position: 0xa7,
  PrevSize: 0xab,
  SimpleBlock: 0xa3,
  BlockGroup: 0xa0,
  EncryptedBlock: 0xaf,
  Block: 0xa1,
  BlockDuration: 0x9b,
  ReferenceBlock: 0xfb,
  DiscardPadding: 0x75a2,
  BlockAdditions: 0x75a1,
  BlockMore: 0xa6,
  BlockAddID: 0xee,
  BlockAdditional: 0xa5,

  Tracks: 0x1654ae6b,
  TrackEntry: 0xae,
  TrackNumber: 0xd7,
  TrackUID: 0x73c5,
  TrackType: 0x83,
  FlagEnabled: 0xb9,
  FlagDefault: 0x88,
  FlagForced: 0x55aa,
  FlagHearingImpaired: 0x55ab,
  FlagVisualImpaired: 0x55ac,
  FlagOriginal: 0x55ae,
  FlagCommentary: 0x55af,
  DefaultDuration: 0x23e383,
  TrackTimestampScale: 0x23314f,
  BlockAdditionMapping: 0x41e4,
  BlockAddIDType: 0x41e7,
  BlockAddIDExtraData: 0x41ed,
  Name: 0x536e,
  Language: 0x22b59c,
  LanguageBCP47: 0x22b59d,
  CodecID: 0x86,
  CodecPrivate: 0x63a2,
  CodecDelay: 0x56aa,
  SeekPreRoll: 0x56bb,

  Video: 0xe0,
  FlagInterlaced: 0x9a,
  StereoMode: 0x53b8,
  ColourSpace: 0x2eb524,
  PixelWidth: 0xb0,
  PixelHeight: 0xba,
  PixelCropBottom: 0x54aa,
  PixelCropTop: 0x54bb,
  PixelCropLeft: 0x54cc,
  PixelCropRight: 0x54dd,
  DisplayWidth: 0x54b0,
  DisplayHeight: 0x54ba,
  DisplayUnit: 0x54b2,
  Colour: 0x55b0,
  MatrixCoefficients: 0x55b1,
  Range: 0x55b9,
  TransferCharacteristics: 0x55ba,
  Primaries: 0x55bb,
  MaxCLL: 0x55bc,
  MaxFALL: 0x55bd,
  MasteringMetadata: 0x55d0,
  PrimaryRChromaticityX: 0x55d1,
  PrimaryRChromaticityY: 0x55d2,
  PrimaryGChromaticityX: 0x55d3,
  PrimaryGChromaticityY: 0x55d4,
  PrimaryBChromaticityX: 0x55d5,
  PrimaryBChromaticityY: 0x55d6,
  WhitePointChromaticityX: 0x55d7,
  WhitePointChromaticityY: 0x55d8,
  LuminanceMax: 0x55d9,
  LuminanceMin: 0x55da,
  Projection: 0x7670,
  ProjectionType: 0x7671,
  ProjectionPoseRoll: 0x7675,

  Audio: 0xe1,
  SamplingFrequency: 0xb5,
  OutputSamplingFrequency: 0x78b5,
  Channels: 0x9f,
  BitDepth: 0x6264,

  ContentEncodings: 0x6d80,
  ContentEncoding: 0x6240,
  ContentEncodingOrder: 0x5031,
  ContentEncodingScope: 0x5032,
  ContentEncodingType: 0x5033,
  ContentCompression: 0x5034,
  ContentCompAlgo: 0x4254,
  ContentCompSettings: 0x4255,
  ContentEncryption: 0x5035,
  ContentEncAlgo: 0x47e1,

  Cues: 0x1c53bb6b,
  CuePoint: 0xbb,
  CueTime: 0xb3,
  CueTrackPositions: 0xb7,
  CueTrack: 0xf7,
  CueClusterPosition: 0xf1,
  CueRelativePosition: 0xf0,
  CueDuration: 0xb2,

  Attachments: 0x1941a469,
  AttachedFile: 0x61a7,
  FileName: 0x466e,
  FileMediaType: 0x4660,
  FileData: 0x465c,

  Chapters: 0x1043a770,
  EditionEntry: 0x45b9,
  EditionFlagDefault: 0x45db,
  ChapterAtom: 0xb6,
  ChapterTimeStart: 0x91,
  ChapterTimeEnd: 0x92,
  ChapterFlagHidden: 0x98,
  ChapterFlagEnabled: 0x4598,
  ChapterDisplay: 0x80,
  ChapString: 0x85,
  ChapLanguage: 0x437c,
  ChapLanguageBCP47: 0x437d,

  Tags: 0x1254c367,
  Tag: 0x7373,
  Targets: 0x63c0,
  TagTrackUID: 0x63c5,
  SimpleTag: 0x67c8,
  TagName: 0x45a3,
  TagString: 0x4487,
} as const;

const NAMES: ReadonlyMap<number, string> = new Map(Object.entries(ID).map(([name, id]) => [id, name]));

/** Gives an element's name in the specification, or its ID in hexadecimal when it is not among {@link ID}. */
export function elementName(id: number): string {
  return NAMES.get(id) ?? `0x${id.toString(16)}`;
}

/** Whether an element stands directly in the Segment. Such an element ends a Cluster of unknown size. */
export function isSegmentChild(id: number): boolean {
  switch (id) {
    case ID.Cluster:
    case ID.Cues:
    case ID.Tags:
    case ID.SeekHead:
    case ID.Info:
    case ID.Tracks:
    case ID.Chapters:
    case ID.Attachments:
      return true;
    default:
      return false;
  }
}

/** Whether an element begins a file or a Segment, and so ends a Segment of unknown size. */
export function isTopLevel(id: number): boolean {
  return id === ID.EBML || id === ID.Segment;
}

/** Whether an element stands directly in a Cluster, or anywhere (Void, CRC-32). */
export function isClusterChild(id: number): boolean {
  switch (id) {
    case ID.SimpleBlock:
    case ID.BlockGroup:
    case ID.Timestamp:
    case ID.Position:
    case ID.PrevSize:
    case ID.Void:
    case ID['CRC-32']:
    case ID.SilentTracks:
    case ID.EncryptedBlock:
      return true;
    default:
      return false;
  }
}
