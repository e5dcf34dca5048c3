// One item, playing.
import { useEffect, useRef } from 'preact/hooks';
import { playerQuery } from '../shared/abilities.js';
import { addressOf } from '../shared/place.js';
import { HlsPlayer } from './hls-player.js';

/** Plays an item. */
export function PlayerView({ itemRef }: { readonly itemRef: string }) {
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    const player = new HlsPlayer(video.current);
    void playerQuery().then((query) =>
      player.open({
        url: addressOf(itemRef, `master.m3u8?${query}`),
        audio: [],
        chosenAudio: undefined,
        duration: undefined,
      }),
    );
    return () => player.close();
  }, [itemRef]);
  return <video ref={video} controls playsInline style={{ width: '100%' }} />;
}
