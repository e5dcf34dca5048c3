// What happens to each track of an item, and why.
import type { RenditionInfo, TrackInfo } from '../../shared/api.js';
import { readable } from '../../shared/readable.js';
import { language } from '../../shared/words.js';
import { ACTIONS, channelName, codecName, sizeOf } from '../choices.js';
import type { PlayerSession } from '../player-session.js';

/** The panel beside the screen. */
export function ExplainPanel({ session }: { readonly session: PlayerSession }) {
  const { info, renditions } = session.state;
  return (
    <table class="tracks">
      <caption class="unseen">What happens to each track</caption>
      <thead>
        <tr>
          <th scope="col">Track</th>
          <th scope="col">What happens</th>
        </tr>
      </thead>
      <tbody>
        {info.value?.tracks.map((track) => (
          <TrackRow key={track.id} track={track} renditions={renditions.value} />
        ))}
      </tbody>
    </table>
  );
}

/** In segments a track may be something else than in one stream. */
function TrackRow({
  track,
  renditions,
}: {
  readonly track: TrackInfo;
  readonly renditions: readonly RenditionInfo[];
}) {
  const { action, reason } = renditions.find(({ trackId }) => trackId === track.id)?.decision ?? track;
  const rate =
    track.audio !== undefined && track.audio.sampleRate > 0 ? `${track.audio.sampleRate / 1000} kHz` : '';
  const details = [codecName(track), sizeOf(track), channelName(track), rate];
  return (
    <tr>
      <th scope="row">
        <span>
          {track.id} · {track.type}
        </span>
        <span class="track-note">{details.filter(Boolean).join(' · ')}</span>
        <span class="track-note">
          {[language(track.language), readable(track.name ?? '')].filter(Boolean).join(' · ')}
        </span>
      </th>
      <td>
        <span class="track-action" data-action={action}>
          {ACTIONS[action]}
        </span>
        {reason}
      </td>
    </tr>
  );
}
