import { readdirSync } from 'node:fs';
import { join } from 'node:path';
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

const THIS_SYSTEM = { platform: process.platform, folder: '/dev' };

/**
 * Looks for a reason why a hardware encoder cannot work here, without starting anything: on most servers there is one
 * for every kind, and no engine's time is spent.
 * @param device - the kind.
 * @param system - the system's name, and where its devices are; this one's when absent.
 * @returns the reason, in words for a person; undefined when it has to be tried.
 */
export function findDeviceObstacle(
  device: VideoDevice,
  { platform, folder }: { readonly platform: NodeJS.Platform; readonly folder: string } = THIS_SYSTEM,
): string | undefined {
  if (!SYSTEMS[device].includes(platform)) return `there is none on ${platform}`;
  if (platform !== 'linux') return undefined;
  const wanted = DEVICE_FILES[device];
  if (wanted.some((beginning) => isThere(folder, beginning))) return undefined;
  return `no device: there is no ${wanted.map((name) => `/dev/${name}*`).join(' or ')}`;
}

function isThere(folder: string, beginning: string): boolean {
  const parts = beginning.split('/');
  try {
    const names = readdirSync(join(folder, ...parts.slice(0, -1)));
    return names.some((name) => name.startsWith(parts.at(-1)!));
  } catch {
    // A folder that is missing, or may not be looked into: what is in it cannot be used either.
    return false;
  }
}
