import type { PageVideo } from '../../page-types.js';
import type { PagePlayer, PagePlayerOptions } from './page-player.js';

/** Address of Shaka Player, a script that sets a global. */
const SHAKA = '/harness/shaka.js';

interface ShakaVideoTrack {
  readonly height: number;
}

interface ShakaAudioTrack {
  readonly language: string;
}

/** An event with an error. */
interface ShakaErrorEvent {
  readonly detail: { readonly code: number; readonly message: string };
}

/** An event of bytes that a buffer has taken in. */
interface ShakaAppendEvent {
  readonly contentType: string;
}

/** A player of Shaka. */
interface ShakaPlayer {
  attach(video: PageVideo): Promise<void>;
  load(url: string): Promise<void>;
  configure(settings: object): boolean;
  addEventListener(event: 'error', heard: (event: ShakaErrorEvent) => void): void;
  addEventListener(event: 'segmentappended', heard: (event: ShakaAppendEvent) => void): void;
  getAudioTracks(): readonly ShakaAudioTrack[];
  selectAudioTrack(track: ShakaAudioTrack): void;
  getVideoTracks(): readonly ShakaVideoTrack[];
  selectVideoTrack(track: ShakaVideoTrack, clearBuffer: boolean): void;
}

declare const shaka: { readonly Player: new () => ShakaPlayer };

/** Shaka Player, which decides by itself what it loads unless the test says it. */
export async function openShaka({ url, video, complain }: PagePlayerOptions): Promise<PagePlayer> {
  await import(SHAKA);
  const player = new shaka.Player();
  player.addEventListener('error', ({ detail }) => complain(`Shaka: ${detail.code} ${detail.message}`));
  player.configure({ streaming: { bufferingGoal: 60, bufferBehind: 60 } });
  let appended = (): void => {};
  player.addEventListener('segmentappended', ({ contentType }) => contentType === 'audio' && appended());
  await player.attach(video);
  await player.load(url);
  return {
    languages: () => player.getAudioTracks().map(({ language }) => language),
    selectAudio: (index) => {
      // Shaka 5.2 asks for nothing any more where it is sought while it empties its buffer for another track.
      const taken = new Promise<void>((resolve) => (appended = resolve));
      player.selectAudioTrack(player.getAudioTracks()[index]!);
      return taken;
    },
    selectHeight: (height, moment) => {
      player.configure({ abr: { enabled: false } });
      const form = player.getVideoTracks().find((one) => one.height === height);
      player.selectVideoTrack(form!, moment !== 'loaded');
    },
    buffers: undefined,
  };
}
