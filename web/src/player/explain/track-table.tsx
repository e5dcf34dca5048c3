// What happens to each track of an item, and why.
import type { PlayerSession } from '../player-session.js';
import { ACTIONS } from '../choices.js';
import { tellTrack, trackFacts, trackName, type TrackStory } from './explain-words.js';

const BADGES: Readonly<Record<TrackStory['action'], string>> = { ...ACTIONS, beside: 'beside the video' };

/** The tracks. */
export function TrackTable({ session }: { readonly session: PlayerSession }) {
  const { info, renditions } = session.state;
  return (
    <table class="tracks">
      <caption class="unseen">What happens to each track</caption>
      <thead class="unseen">
        <tr>
          <th scope="col">Track</th>
          <th scope="col">What happens</th>
        </tr>
      </thead>
      <tbody>
        {info.value?.tracks.map((track) => {
          const story = tellTrack(track, renditions.value, info.value?.subtitles ?? []);
          return (
            <tr key={track.id}>
              <th scope="row">
                <span>{trackName(track)}</span>
                {trackFacts(track).map((fact) => (
                  <span key={fact} class="track-note">
                    {fact}
                  </span>
                ))}
              </th>
              <td>
                <span class="track-action" data-action={story.action}>
                  {BADGES[story.action]}
                </span>{' '}
                {story.reason}
                {[story.cost, story.others].filter(Boolean).map((note) => (
                  <span key={note} class="track-note">
                    {note}
                  </span>
                ))}
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
