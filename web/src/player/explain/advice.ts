// What can be done about a failure, by the server's code for its kind.
import type { Failure } from '../../shared/words.js';

/** By the codes of `src/errors.ts`; there is one for each. */
const ADVICE: Readonly<Record<string, string>> = {
  malformed_media:
    'The file is damaged. Copy it again from where it came, or let ffmpeg write it anew: ffmpeg -i old.mkv -c copy new.mkv.',
  unsupported_media:
    'The file is of a kind that segmint does not play in this way, or so damaged that it looks like one. What cannot be cut into segments may still play as one stream.',
  limit_exceeded:
    'Something in the file is larger than any film needs, so the server refused it. The file is probably damaged.',
  source_failed:
    'The server could not read the file. See whether its disk, share or remote server is there, then try again.',
  engine_failed:
    'A decoder or encoder gave up. Try again, or choose another quality or audio track. “segmint doctor” on the server tests what it encodes with.',
  overloaded:
    'The server has as much to do as it can. Wait a little, or choose what is copied: it costs the server least.',
  bad_request: 'The page and the server do not understand each other. Load the page again.',
  invariant: 'This is a fault of segmint. Please report it with the JSON below.',
};

/** Refusals that have a status of their own. */
const BY_STATUS: Readonly<Record<number, string>> = {
  401: 'The link or the key is no longer good. Open the file by a new one.',
  403: 'The server does not allow this. Ask whoever runs it.',
  404: 'The file is gone, or has changed since it was opened. Load the page again.',
};

const UNKNOWN =
  'See whether the server still runs and can be reached, and try again. If this browser cannot decode it, choose another quality.';

/** Says what can be done about a failure. */
export function adviceOn({ code, status = 0 }: Failure): string {
  const refusal = code === 'bad_request' ? BY_STATUS[status] : undefined;
  return refusal ?? ADVICE[code ?? ''] ?? UNKNOWN;
}
