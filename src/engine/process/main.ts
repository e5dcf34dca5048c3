/**
 * The entry of an engine process. It takes one job at a time from the pipe at file descriptor 3 and answers it there;
 * when the pipe ends, because the parent closed it or died, the process ends too, so it can never be an orphan.
 */
import { Log, getFFmpegInfo } from 'node-av/lib';
import { AV_LOG_ERROR } from 'node-av/constants';
import { chooseAacEncoder, describeAacEncoder } from './aac-encoders.js';
import { encodeAudioJob } from './encode-audio.js';
import { describeEngineJob } from './describe-engine.js';
import { deviceChains } from './device-chains.js';
import { deviceSetups } from './device-setups.js';
import { createEncodeVideoJob } from './encode-video.js';
import { createProbeVideoDeviceJob } from './probe-video-device.js';
import { giveWay } from './give-way.js';
import { createProveDeviceChainJob } from './prove-device-chain.js';
import { serveJobs } from './serve-jobs.js';
import { stillPictureJob } from './still-picture.js';
import { stillSheetJob } from './still-sheet.js';
import { synthesizeJob } from './synthesize.js';

giveWay(process.argv[2]);
Log.setLevel(AV_LOG_ERROR);
const { version, libraries } = getFFmpegInfo();

await serveJobs(
  {
    ffmpeg: version,
    libavcodec: libraries.avcodec,
    aacEncoder: describeAacEncoder(chooseAacEncoder()),
  },
  new Map([
    ['describeEngine', describeEngineJob],
    ['encodeAudio', encodeAudioJob],
    ['encodeVideo', createEncodeVideoJob(deviceSetups, deviceChains)],
    ['probeVideoDevice', createProbeVideoDeviceJob(deviceSetups)],
    ['proveDeviceChain', createProveDeviceChainJob(deviceSetups, deviceChains)],
    ['stillPicture', stillPictureJob],
    ['stillSheet', stillSheetJob],
    ['synthesize', synthesizeJob],
  ]),
);
