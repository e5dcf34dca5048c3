import type { FastifyReply } from 'fastify';
import { isVersioned, type SegmentName } from '../delivery/segment-order.js';
import { parsePlayerQuery } from './player-query.js';
import { parseSubtitleRendition, writeSubtitleRendition } from '../pipelines/subtitles/subtitle-id.js';
import type { SegmentedMedia } from '../pipelines/segment/segmented-media.js';
import { modelSubtitles } from '../pipelines/segment/model-subtitles.js';
import { isNoneMatchMet, tagOfNames } from './entity-tag.js';
import type { MediaInquiry } from './media-answer.js';
import { notFound } from './reference.js';
import type { PlaylistSender } from './send-playlist.js';
import { cacheHeaders } from './send-segment.js';
import type { ListedSideCar, SideCars } from './side-cars.js';

/** Puts together what the multivariant playlist states of subtitle files beside a media. */
export function modelSideCars(beside: readonly ListedSideCar[]): ReturnType<typeof modelSubtitles> {
  const versions = new Map(beside.map(({ description, version }) => [description, version]));
  return modelSubtitles([...versions.keys()], (subtitle) =>
    writeSubtitleRendition(subtitle.id, versions.get(subtitle)),
  );
}

/** Whether a rendition is that of a subtitle file beside the media, and not of one of its tracks. */
export function isSideCarRendition(rendition: string): boolean {
  return parseSubtitleRendition(rendition)?.id.startsWith('f') === true;
}

/**
 * Answers with the playlist or a segment of a subtitle file beside the media. It is small, read at once, and cut as the
 * media is.
 * @throws {RequestError} `not_found` when there is no such file or segment, or the file has changed.
 */
export async function answerSideCar(
  { file, loan, signal }: MediaInquiry,
  rendition: string,
  wanted: 'playlist' | SegmentName,
  reply: FastifyReply,
  { playlists, sideCars }: { readonly playlists: PlaylistSender; readonly sideCars: SideCars },
): Promise<void> {
  const { id, version } = parseSubtitleRendition(rendition)!;
  const { listed, sideCar } = await sideCars.open(file.subject, id, { signal });
  if (listed.version !== version || wanted === 'init') throw notFound();
  if (wanted === 'playlist') {
    const write = (media: SegmentedMedia): string => media.subtitlePlaylist();
    await playlists.send(reply, loan, { name: 'subtitles', type: 'application/vnd.apple.mpegurl', write });
    return;
  }
  const { plan } = loan.media.describe(parsePlayerQuery({}));
  const text = sideCar.segment(plan, wanted);
  // Its cuts are those of the media, whose version its name does not hold.
  const tag = isVersioned(loan) ? tagOfNames(rendition, loan.media.version!, wanted) : undefined;
  const headers = { ...cacheHeaders({ contentType: 'text/vtt', tag, scope: reply.server.cacheScope }) };
  if (tag !== undefined) headers['cache-control'] = 'no-cache';
  if (tag !== undefined && isNoneMatchMet(reply.request.headers['if-none-match'], tag)) {
    await reply.status(304).headers(headers).send();
    return;
  }
  await reply.headers(headers).header('content-type', 'text/vtt; charset=utf-8').send(text);
}
