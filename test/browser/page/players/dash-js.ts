import type { PageVideo } from '../../page-types.js';
import type { PagePlayer, PagePlayerOptions } from './page-player.js';

/** Address of dash.js; only there is it a module. */
const DASH = '/harness/dash.mjs';

/** An audio track as dash.js lists it. */
interface DashTrack {
  readonly lang: string;
}

/** A player of dash.js. */
interface DashPlayer {
  initialize(video: PageVideo, url: string, autoplay: boolean): void;
  updateSettings(settings: object): void;
  on(event: string, heard: (event: { readonly error: { readonly message: string } }) => void): void;
  getTracksFor(type: 'audio'): readonly DashTrack[];
  setCurrentTrack(track: DashTrack): void;
  getRepresentationsByType(type: 'video'): readonly { readonly id: string; readonly height: number }[];
  setRepresentationForTypeById(type: 'video', id: string, forceReplace: boolean): void;
}

declare const location: { readonly href: string };

interface DashModule {
  readonly MediaPlayer: () => { create(): DashPlayer };
}

/** dash.js, which decides by itself what it loads unless the test says it. */
export async function openDashJs({ url, video, complain }: PagePlayerOptions): Promise<PagePlayer> {
  const { MediaPlayer } = (await import(DASH)) as DashModule;
  const player = MediaPlayer().create();
  player.updateSettings({ streaming: { buffer: { bufferTimeAtTopQuality: 60, bufferTimeDefault: 60 } } });
  player.on('error', ({ error }) => complain(`dash.js: ${error.message}`));
  // It measures its requests, and knows no other addresses for that.
  player.initialize(video, new URL(url, location.href).href, false);
  return {
    languages: () => player.getTracksFor('audio').map(({ lang }) => lang),
    selectAudio: (index) => player.setCurrentTrack(player.getTracksFor('audio')[index]!),
    selectHeight: (height, moment) => {
      player.updateSettings({ streaming: { abr: { autoSwitchBitrate: { video: false } } } });
      const form = player.getRepresentationsByType('video').find((one) => one.height === height);
      player.setRepresentationForTypeById('video', form!.id, moment === 'once');
    },
    buffers: undefined,
  };
}
