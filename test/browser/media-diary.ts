// Keeps on a page what its media elements went through, for the story of a wait that was in vain.

/** A media element, as far as it is told of. */
interface MediaElement {
  readonly paused: boolean;
  readonly currentTime: number;
  readonly readyState: number;
}
declare const document: {
  addEventListener(
    name: string,
    heard: (event: { readonly target: MediaElement }) => void,
    capture: true,
  ): void;
  readonly location: { readonly pathname: string };
};
declare const HTMLMediaElement: { readonly prototype: { play: () => Promise<void>; pause: () => void } };
declare const window: { mediaDiary?: string[] };

/** What {@link keepMediaDiary} wrote last; of the page, where it runs. */
export function readMediaDiary(): string {
  return (window.mediaDiary ?? []).join('; ');
}

/** Keeps the last events of media elements, and who played and paused them. To be run on the page before its own scripts. */
export function keepMediaDiary(): void {
  const diary: string[] = [];
  window.mediaDiary = diary;
  const note = (what: string, { paused, currentTime, readyState }: MediaElement): void => {
    const state = `${paused ? 'paused' : 'playing'} ${currentTime.toFixed(2)} s, ready ${readyState}`;
    diary.push(`${(performance.now() / 1000).toFixed(2)} ${what} (${state})`);
    if (diary.length > 60) diary.shift();
  };
  const { prototype } = HTMLMediaElement;
  for (const name of ['play', 'pause'] as const) {
    const call: (this: unknown) => unknown = prototype[name];
    const noted = function (this: MediaElement): unknown {
      const frames = (new Error().stack ?? '').split('\n').filter((line) => line.includes('/assets/'));
      const callers = frames.slice(0, 3).map((line) => line.slice(line.indexOf('/assets/')));
      note(`${name}() by ${callers.join(' < ')}`, this);
      return call.call(this);
    };
    Object.assign(prototype, { [name]: noted });
  }
  const events = [
    'play',
    'pause',
    'seeking',
    'seeked',
    'ended',
    'emptied',
    'waiting',
    'playing',
    'durationchange',
  ];
  for (const name of events) document.addEventListener(name, ({ target }) => note(name, target), true);
}
