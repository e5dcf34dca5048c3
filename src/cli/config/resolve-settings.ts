import { resolve } from 'node:path';
import { RequestError } from '../../errors.js';
import { CONFIG_VARIABLE, readEnvironment } from './environment.js';
import type { Given, Layer } from './given.js';
import { readSecretFile, readSettingsFile } from './settings-file.js';
import { keyOf, SETTING_NAMES, settingOf, type SettingName, type Settings } from './settings.js';

/** What the command line says. */
export interface SettingsArguments {
  /** The roots; none when they are to come from elsewhere. */
  readonly roots: readonly string[];
  /** The flags, by their setting's name, not checked; those that were not given are absent. */
  readonly flags: Readonly<Record<string, unknown>>;
  /** The file of settings. */
  readonly config?: string | undefined;
}

/** The settings that hold, and where each comes from. */
export interface ResolvedSettings {
  /** All of them. */
  readonly settings: Settings;
  /** Where each stands, for people; absent for those that have their default. */
  readonly places: ReadonlyMap<SettingName, string>;
}

/**
 * Puts the settings together: a flag goes before the environment, that before the file, and that before the default. A
 * wrong value is refused wherever it stands, also where another one would hold.
 * @param given - the command line.
 * @param environment - all variables.
 * @throws {RequestError} when a value or a name is wrong; the place is told, in a file with its line.
 */
export async function resolveSettings(
  given: SettingsArguments,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<ResolvedSettings> {
  const config = given.config ?? fileIn(environment);
  const layers = [
    await readFlags(given),
    await readEnvironment(environment, readSecretFile),
    config === undefined ? new Map<SettingName, Given>() : await readSettingsFile(config, readSecretFile),
  ];
  const places = new Map<SettingName, string>();
  const settings: Partial<Record<SettingName, unknown>> = {};
  for (const name of SETTING_NAMES) {
    const values = layers.flatMap((layer) => layer.get(name) ?? []);
    const [first] = values.map((value) => ({ value: parseValue(name, value), place: value.place }));
    if (first !== undefined) places.set(name, first.place);
    settings[name] = first === undefined ? settingOf(name).value.parse(undefined) : first.value;
  }
  // Each value has gone through its own schema.
  return { settings: settings as Settings, places };
}

/** A variable that is empty says nothing. */
function fileIn(environment: Readonly<Record<string, string | undefined>>): string | undefined {
  const path = environment[CONFIG_VARIABLE];
  return path === '' ? undefined : path;
}

async function readFlags({ roots, flags }: SettingsArguments): Promise<Layer> {
  const layer = new Map<SettingName, Given>();
  if (roots.length > 0) layer.set('roots', { value: roots, place: 'The command line' });
  for (const name of SETTING_NAMES) {
    const place = `--${keyOf(name)}`;
    const file = flags[`${name}File`];
    if (flags[name] !== undefined) layer.set(name, { value: flags[name], place });
    if (typeof file !== 'string') continue;
    if (layer.has(name)) throw new RequestError(`${place}-file and ${place} exclude each other.`);
    layer.set(name, { value: await readSecretFile(file, `${place}-file`), place: `${place}-file` });
  }
  return layer;
}

function parseValue(name: SettingName, { value, place, placeOf, folder }: Given): unknown {
  const { value: schema, isPath } = settingOf(name);
  const parsed = schema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where = issue === undefined ? place : (placeOf?.(issue.path) ?? place);
    throw new RequestError(`${where}: ${issue?.message ?? 'this is not a value for it'}`);
  }
  if (isPath === undefined || folder === undefined) return parsed.data;
  const fromFolder = (text: unknown): unknown =>
    typeof text === 'string' && isPath(text) ? resolve(folder, text) : text;
  return Array.isArray(parsed.data) ? parsed.data.map(fromFolder) : fromFolder(parsed.data);
}
