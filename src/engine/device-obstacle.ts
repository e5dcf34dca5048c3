import { existsSync, readdirSync } from 'node:fs';
import type { VideoDevice } from './video-device.js';

/** Systems on which a kind of hardware encoder can be. */
const SYSTEMS: Readonly<Record<VideoDevice, readonly NodeJS.Platform[]>> = {
  nvenc: ['linux', 'win32'],
  videotoolbox: ['darwin'],
  qsv: ['linux', 'win32'],
  vaapi: ['linux'],
  amf: ['linux', 'win32'],
  v4l2: ['linux'],
};

/**
 * What a kind needs of Linux: one of these must be there, by the beginning of its name. `/dev/dxg` is the device of all
 * drivers in Windows' subsystem for Linux.
 */
const DEVICE_FILES: Readonly<Record<VideoDevice, readonly string[]>> = {
  nvenc: ['nvidia', 'dxg'],
  videotoolbox: [],
  qsv: ['dri/renderD', 'dxg'],
  vaapi: ['dri/renderD', 'dxg'],
  amf: ['dri/renderD', 'dxg'],
  v4l2: ['video'],
};

/**
 * Looks for a reason why a hardware encoder cannot work here, without starting anything: on most servers there is one
 * for every kind, and no engine's time is spent.
 * @param device - the kind.
 * @returns the reason, in words for a person; undefined when it has to be tried.
 */
export function findDeviceObstacle(device: VideoDevice): string | undefined {
  const { platform } = process;
  if (!SYSTEMS[device].includes(platform)) return `there is none on ${platform}`;
  if (platform !== 'linux') return undefined;
  const wanted = DEVICE_FILES[device];
  if (wanted.some(isThere)) return undefined;
  return `no device: there is no ${wanted.map((name) => `/dev/${name}*`).join(' or ')}`;
}

function isThere(beginning: string): boolean {
  const parts = beginning.split('/');
  const folder = ['/dev', ...parts.slice(0, -1)].join('/');
  if (!existsSync(folder)) return false;
  return readdirSync(folder).some((name) => name.startsWith(parts.at(-1)!));
}
