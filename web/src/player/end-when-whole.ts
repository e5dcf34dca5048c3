// Tells the browser that nothing more comes, where hls.js would wait to be told first that something was played.
import type Hls from 'hls.js';

/** `HTMLMediaElement.HAVE_CURRENT_DATA`: a picture is there. */
const HAVE_CURRENT_DATA = 2;

/** What of hls.js is used here. */
type Segments = Pick<Hls, 'audioTrack' | 'audioTracks' | 'on' | 'trigger'>;

/**
 * Ends what a browser is given as soon as the last segments of a film are there and nothing of it is shown. Chromium shows no
 * film of one or two pictures before it knows that no more come, and hls.js (1.7.4) tells it that no earlier than something of
 * a sound track of its own has been played. What is loaded later, after a seek, begins it anew.
 * @param hls - plays.
 * @param library - hls.js.
 * @param video - where it plays.
 */
export function endWhenWhole(
  hls: Segments,
  { Events }: Pick<typeof Hls, 'Events'>,
  video: Pick<HTMLVideoElement, 'readyState'>,
): void {
  const ended = new Set<string>();
  hls.on(Events.FRAG_BUFFERED, (_, { frag: { type, endList } }) => {
    if (endList === true) ended.add(type);
    else ended.delete(type);
    const hasSound = (hls.audioTracks[hls.audioTrack]?.url ?? '') !== '';
    const isWhole = ended.has('main') && (!hasSound || ended.has('audio'));
    if (isWhole && video.readyState < HAVE_CURRENT_DATA) hls.trigger(Events.BUFFER_EOS, { type: null });
  });
}
