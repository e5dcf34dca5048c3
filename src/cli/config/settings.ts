import type { z } from 'zod';
import { VIDEO_DEVICES } from '../../engine/video-device.js';
import { parseHostPattern } from '../../io/host-pattern.js';
import { isUrl } from '../../io/open-source.js';
import {
  bytesOption,
  headerOption,
  originOption,
  portOption,
  storeOption,
  waitingOption,
} from '../option-values.js';
import { isRedis } from '../store-place.js';
import { ACCESS_SETTINGS } from './access-settings.js';
import { checked, choice, count, headers, listOf, text, written, yesOrNo } from './setting-values.js';

/** What is known of a setting, whatever its value is. */
export interface SettingFacts {
  /** How commander writes its flag; the long one is its name in a file. Absent for the roots, which are arguments. */
  readonly flags?: string;
  /** What it is for, in a few words. */
  readonly help: string;
  /** The default in words, where the value alone would not say it. */
  readonly byDefault?: string;
  /** Whether it is a list: its flag may be repeated, and commas divide it in the environment. */
  readonly isList?: true;
  /** Whether it is a switch, whose flag takes no value. */
  readonly isSwitch?: true;
  /** Tells its values that are paths: in a file, relative ones are taken from that file's folder. */
  readonly isPath?: (value: string) => boolean;
  /** Writes a value as it may stand in a file; as it is when absent. */
  readonly write?: (value: never) => string;
  /** What must not be shown: all of it, or the password within its URL. It may then be read from a file of its own. */
  readonly hides?: 'all' | 'password';
}

interface Setting extends SettingFacts {
  readonly value: z.ZodType;
}

/**
 * The settings of `segmint serve`: the one place that says what there is. Flags, `SEGMINT_*` variables, the file, what
 * they are checked by, the text of `--help` and the table of the documentation follow from it.
 */
export const SETTINGS = {
  roots: {
    help: 'folders, files and URLs that are served; without any, a demo clip',
    isList: true,
    isPath: (root) => !isUrl(root),
    value: listOf(text('/srv/films')).default([]),
  },
  host: {
    flags: '--host <address>',
    help: 'address to listen on',
    value: text('127.0.0.1').default('127.0.0.1'),
  },
  port: {
    flags: '-p, --port <number>',
    help: 'port to listen on; 0 for any free one',
    value: written(portOption).default(8080),
  },
  cors: {
    flags: '--cors <origin>',
    help: 'let pages of this origin play, or * for all',
    isList: true,
    value: listOf(written(originOption)).default([]),
  },
  ...ACCESS_SETTINGS,
  allowRemote: {
    flags: '--allow-remote',
    help: 'let viewers play URLs, of every public host or of those that are named',
    isSwitch: true,
    value: yesOrNo().default(false),
  },
  remoteHost: {
    flags: '--remote-host <host>',
    help: 'a host that viewers may name, such as nas.local, *.example.org, 127.0.0.1:9000',
    isList: true,
    value: listOf(written(checked(remoteHost))).default([]),
  },
  header: {
    flags: '-H, --header <header>',
    help: 'a header for the URLs among the roots',
    isList: true,
    hides: 'all',
    value: headers(headerOption).default({}),
  },
  plugin: {
    flags: '--plugin <module>',
    help: 'a module that opens further kinds of sources',
    isList: true,
    isPath: (module) => module.startsWith('.'),
    value: listOf(text('./plugin.mjs')).default([]),
  },
  store: {
    flags: '--store <where>',
    help: 'keep what was made in a folder, redis://…, memory, or none',
    byDefault: "the user's cache folder",
    isPath: (store) => store !== 'memory' && store !== 'none' && !isRedis(store),
    hides: 'password',
    value: written(storeOption).optional(),
  },
  diskCacheSize: {
    flags: '--disk-cache-size <bytes>',
    help: 'the most that is kept in a folder',
    byDefault: '10G or a quarter of what is free',
    write: formatSize,
    value: written(bytesOption).optional(),
  },
  cacheSize: {
    flags: '--cache-size <bytes>',
    help: 'memory for segments that were made; 0 for none',
    write: formatSize,
    value: written(bytesOption).default(256 * 1024 * 1024),
  },
  scanSize: {
    flags: '--scan-size <bytes>',
    help: 'the most that is read of a remote source without an index before it plays in segments',
    write: formatSize,
    value: written(bytesOption).default(64 * 1024 * 1024),
  },
  encoder: {
    flags: '--encoder <name>',
    help: 'what encodes video: whatever works, x264, or a kind of hardware, which must work',
    value: choice(['auto', 'software', ...VIDEO_DEVICES]).default('auto'),
  },
  engines: {
    flags: '--engines <number>',
    help: 'processes that decode and encode',
    byDefault: 'one a core',
    value: count(1, 256).optional(),
  },
  engineMemory: {
    flags: '--engine-memory <bytes>',
    help: 'memory above which an engine is ended and replaced',
    byDefault: '1536M, more for pictures of 4K',
    write: formatSize,
    value: written(bytesOption).optional(),
  },
  maxStreams: {
    flags: '--max-streams <number>',
    help: 'continuous streams that are sent at a time',
    value: count(1, 100_000).default(64),
  },
  maxConnections: {
    flags: '--max-connections <number>',
    help: 'connections from all addresses',
    value: count(1, 1_000_000).default(4096),
  },
  maxConnectionsPerAddress: {
    flags: '--max-connections-per-address <number>',
    help: 'connections from one address, this machine excepted',
    value: count(1, 1_000_000).default(256),
  },
  maxOpensPerMinute: {
    flags: '--max-opens-per-minute <number>',
    help: 'requests of one address in a minute that may open a source, this machine excepted',
    value: count(1, 1_000_000).default(600),
  },
  metrics: {
    flags: '--metrics <who>',
    help: 'who may read /metrics: this machine alone, all, or none',
    value: choice(['local', 'all', 'none']).default('local'),
  },
  shutdownTimeout: {
    flags: '--shutdown-timeout <time>',
    help: 'how long a server that ends waits for what is being made and sent',
    write: (ms: number) => `${ms / 1000}s`,
    value: written(waitingOption).default(8000),
  },
  logLevel: {
    flags: '--log-level <level>',
    help: 'least severe records to write',
    value: choice(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  },
} as const satisfies Readonly<Record<string, Setting>>;

/** Name of a setting in the code. */
export type SettingName = keyof typeof SETTINGS;

/** All settings, with defaults where nothing was said. */
export type Settings = {
  readonly [Name in SettingName]: z.output<(typeof SETTINGS)[Name]['value']>;
};

/** The names of all settings, in the order of the documentation. */
export const SETTING_NAMES = Object.keys(SETTINGS) as readonly SettingName[];

/** What is known of a setting. */
export function settingOf(name: SettingName): Setting {
  return SETTINGS[name];
}

/** The setting's name in a file, and after `--`: `cache-size`. */
export function keyOf(name: SettingName): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** The setting's name in the environment: `SEGMINT_CACHE_SIZE`. */
export function variableOf(name: SettingName): string {
  return `SEGMINT_${keyOf(name).replaceAll('-', '_').toUpperCase()}`;
}

/** The default in words; undefined where there is none. */
export function defaultOf(name: SettingName): string | undefined {
  const { byDefault, value } = settingOf(name);
  if (byDefault !== undefined) return byDefault;
  const found = writeValue(name, value.parse(undefined));
  return typeof found === 'string' || typeof found === 'number' ? String(found) : undefined;
}

/** Writes a value as it may stand in a file. */
export function writeValue(name: SettingName, value: unknown): unknown {
  const { write } = settingOf(name);
  return write === undefined || value === undefined ? value : write(value as never);
}

/** Kept as it was written: viewers are told of it. */
function remoteHost(text: string): string {
  parseHostPattern(text);
  return text;
}

/** A number of bytes in the largest unit that it is a multiple of. */
function formatSize(bytes: number): string {
  const units = ['', 'k', 'M', 'G', 'T'] as const;
  const unit = units.findLastIndex((_, power) => bytes >= 1024 ** power && bytes % 1024 ** power === 0);
  return unit < 1 ? String(bytes) : `${bytes / 1024 ** unit}${units[unit]!}`;
}
