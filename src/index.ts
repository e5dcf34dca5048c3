/**
 * segmint turns media sources into fragmented MP4 while they are being watched.
 *
 * @packageDocumentation
 */
export { streamTranscodeFmp4 } from './pipelines/continuous.js';
export type { ContinuousOptions } from './pipelines/continuous-options.js';
export { streamTranscodeUniversal } from './pipelines/universal.js';
export type { UniversalOptions } from './pipelines/universal-options.js';
export { AudioAllowance, type AllowanceHolder } from './pipelines/segment/audio-allowance.js';
export { openSegmented, type SegmentedOptions } from './pipelines/segment/open-segmented.js';
export type { IndexCache } from './pipelines/segment/kept-index.js';
export type {
  IndexDescription,
  PlayerRequest,
  Rendition,
  SegmentBytes,
  SegmentedDescription,
  SegmentedMedia,
} from './pipelines/segment/segmented-media.js';
export { streamSegmentFmp4, type SegmentStreamOptions } from './pipelines/segment/stream-segment.js';
export type { TextCue } from './media/text-cue.js';
export type { AttachmentDescription } from './pipelines/subtitles/attachments.js';
export type { SubtitleDescription } from './pipelines/subtitles/describe-subtitles.js';
export type { TimeRange } from './pipelines/subtitles/shown-sample.js';
export type { SourceAttachments } from './pipelines/subtitles/source-attachments.js';
export type {
  OriginalFileForm,
  SourceSubtitles,
  SubtitleFileForm,
} from './pipelines/subtitles/source-subtitles.js';
export type { OriginalType, SubtitleKind } from './pipelines/subtitles/subtitle-kind.js';
export type { TakeTurn, TurnKind } from './pipelines/stills/take-turn.js';
export type { ThumbnailTrack } from './pipelines/stills/thumbnail-track.js';
export type { SubtitleRendition } from './playlist/hls/subtitle-tags.js';
export type { SegmentPlan } from './timeline/segment-plan.js';
export type { TrackChoice } from './pipelines/choose-tracks.js';
export type { Fmp4Stream } from './pipelines/fmp4-stream.js';
export type {
  LeftOutTrack,
  StreamDescription,
  StreamFailure,
  StreamSummary,
  StreamTrack,
  TrackSummary,
} from './pipelines/stream-report.js';
export { describeMedia } from './pipelines/describe.js';
export type {
  AudioDescription,
  DescribeOptions,
  MediaDescription,
  TrackDescription,
  VideoDescription,
} from './pipelines/describe.js';
export type { Decision, DecisionRequest } from './pipelines/decide.js';
export { browserTarget, everyBrowserTarget, type PlayerTarget } from './pipelines/player-target.js';
export { deriveMp4CacheKey, type Mp4CacheIdentity } from './pipelines/mp4-cache-key.js';

export { openFile, type FileSourceOptions } from './io/file.js';
export { openHttp, type HttpSourceOptions } from './io/http.js';
export type { HttpAddress } from './io/http-resource.js';
export { HttpPool, type HttpPoolOptions } from './io/http-pool.js';
export { ConnectionLimit, type ConnectionLimits } from './io/connection-limit.js';
export { createAddressGuard, type AddressGuard, type AddressGuardOptions } from './io/address-guard.js';
export { parseHostPattern, type HostPattern } from './io/host-pattern.js';
export { openSource, type OpenSourceOptions, type SourceOpener } from './io/open-source.js';
export { cacheChunks, type ChunkCacheOptions } from './io/chunk-cache.js';
export { ChunkStore, type ChunkShelf } from './io/chunk-store.js';
export { openIterable, type IterableSourceOptions } from './io/iterable.js';
export { openBytes, type BytesSourceOptions } from './io/bytes-source.js';
export type { ChunkMemory, ReadOptions, Source, StreamOptions } from './media/source.js';
export { AUDIO_CODECS, SUBTITLE_CODECS, VIDEO_CODECS } from './media/codec.js';
export type { AudioCodec, SubtitleCodec, VideoCodec } from './media/codec.js';
export type { Damage } from './media/demuxer.js';
export type { Attachment, Chapter, ChapterTitle, Tag } from './media/media-info.js';
export type { TrackRole } from './media/track.js';

export {
  createEnginePool,
  type EngineJobOptions,
  type EnginePool,
  type EnginePoolStats,
} from './engine/pool.js';
export type { EnginePoolOptions } from './engine/pool-options.js';
export type {
  VideoEncoders,
  EncodingWay,
  VideoEncoding,
  VideoEncodingResult,
  VideoEncodersOptions,
  VideoSource,
} from './engine/video-encoders.js';
export type { ChainProofs, ProveChain } from './engine/chain-proofs.js';
export type { ChainReport, ChainVariant } from './engine/device-chain.js';
export type { DeviceFailure, DeviceReport, VideoDevice, VideoEncoderChoice } from './engine/video-device.js';
export type { EngineIdentity, EngineReply, EngineRequest } from './engine/engine-job.js';
export type { MessageMeta } from './engine/message.js';

export {
  EngineError,
  InvariantError,
  LimitExceededError,
  MalformedMediaError,
  OverloadedError,
  RequestError,
  SegmintError,
  SourceError,
  UnsupportedMediaError,
  type ErrorCode,
  type ErrorContext,
  type ErrorDetails,
} from './errors.js';

export { createMediaHandler, type MediaHandler, type MediaHandlerOptions } from './server/media-handler.js';
export type { LentObject } from './delivery/lent-object.js';
export type { SegmentStore } from './delivery/segment-store.js';
export { signLink, type LinkOptions, type LinkSecret } from './server/signed-link.js';
export type { Reference, RootReference, UrlReference } from './server/reference.js';
