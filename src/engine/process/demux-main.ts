/**
 * The entry of a demuxing process: it has one input of libavformat open, seeks in it and reads batches of packets, as
 * the pipe at file descriptor 3 asks. When the pipe ends, the process ends too.
 */
import { Log, getFFmpegInfo } from 'node-av/lib';
import { AV_LOG_ERROR } from 'node-av/constants';
import { InvariantError } from '../../errors.js';
import type { OpenRequest, ReadRequest, SeekRequest } from '../demux/demux-protocol.js';
import { DemuxInput } from './demux-input.js';
import type { Job } from './job.js';
import { serveJobs } from './serve-jobs.js';

Log.setLevel(AV_LOG_ERROR);

let input: DemuxInput | undefined;

function opened(): DemuxInput {
  if (input === undefined) throw new InvariantError('The demuxing process has no input.');
  return input;
}

const jobs: readonly (readonly [string, Job])[] = [
  [
    'open',
    async ({ meta }) => {
      input?.[Symbol.dispose]();
      input = undefined;
      input = await DemuxInput.open(meta as unknown as OpenRequest);
      return { meta: { ...input.opened }, parts: [] };
    },
  ],
  ['seek', ({ meta }) => ({ meta: { isDone: opened().seek(meta as unknown as SeekRequest) }, parts: [] })],
  [
    'read',
    ({ meta }) => {
      const { reply, payload } = opened().read(meta as unknown as ReadRequest);
      return { meta: { ...reply }, parts: payload };
    },
  ],
];

await serveJobs({ ffmpeg: getFFmpegInfo().version }, new Map(jobs));
