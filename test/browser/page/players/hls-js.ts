import type { HlsAudioTrack, HlsConstructor, HlsPlayer, PageVideo } from '../../page-types.js';
import type { PagePlayer, PagePlayerOptions } from './page-player.js';

/** Address of hls.js; only there is it a module. */
const HLS = '/harness/hls.mjs';

const LEVELS = { loaded: 'loadLevel', soon: 'nextLevel', once: 'currentLevel' } as const;

/** hls.js, which is asked for only when it is used. */
export async function openHlsJs({
  url,
  video,
  heights,
  complain,
  isBufferedAhead,
}: PagePlayerOptions): Promise<PagePlayer> {
  const { default: Hls } = (await import(HLS)) as { readonly default: HlsConstructor };
  const hls = new Hls({ enableWorker: false, backBufferLength: Infinity, autoStartLoad: true });
  const buffers = new Map<string, { readonly buffered: PageVideo['buffered'] }>();
  hls.on('hlsError', (_, error) => {
    // A seek gives up what is being fetched.
    if (error.details === 'aborted') return;
    if (error.details === 'bufferStalledError' && !error.fatal && isBufferedAhead()) return;
    complain(`hls.js: ${error.details}${error.fatal ? ', fatal' : ''} ${error.error?.message ?? ''}`);
  });
  hls.on('hlsBufferCreated', (_, { tracks }) => {
    for (const [type, { buffer }] of Object.entries(tracks)) buffers.set(type, buffer);
  });
  if (heights.length > 0) loadInTurn(hls, heights);
  hls.loadSource(url);
  hls.attachMedia(video);
  const tracks = (): readonly HlsAudioTrack[] => hls.audioTracks;
  return {
    languages: () => tracks().map(({ lang }) => lang ?? ''),
    selectAudio: (index) => void (hls.audioTrack = index),
    selectHeight: (height, moment) => (hls[LEVELS[moment]] = levelOf(hls, height)),
    buffers,
  };
}

function levelOf(player: HlsPlayer, height: number | undefined): number {
  return player.levels.findIndex((level) => level.height === height);
}

/** Loads each segment in a form of its own; behind the last one that is given, in that. */
function loadInTurn(player: HlsPlayer, heights: readonly number[]): void {
  const choose = (number: number): void => {
    player.loadLevel = levelOf(player, heights[Math.min(number, heights.length - 1)]);
  };
  player.on('hlsManifestParsed', () => choose(0));
  // Once this one is buffered, it begins with the next at once: what is told then may come too late.
  player.on('hlsFragParsed', (_, { frag }) => {
    if (frag.type === 'main' && frag.sn !== 'initSegment') choose(frag.sn + 1);
  });
}
