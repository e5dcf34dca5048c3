import { RequestError } from '../../errors.js';
import { knownKeys, meaningOf, unknownSetting, type Given, type Layer, type Meaning } from './given.js';
import { settingOf, type SettingName } from './settings.js';

const PREFIX = 'SEGMINT_';

/** Names the file of settings, and is none itself. */
export const CONFIG_VARIABLE = 'SEGMINT_CONFIG';

/** Kubernetes sets these in every container where there is a service named segmint; `SEGMINT_PORT` is told by its value. */
const KUBERNETES = /^SEGMINT_(?:SERVICE_(?:HOST|PORT(?:_.+)?)|PORT_\d+_.+)$/;
const KUBERNETES_PORT = /^(?:tcp|udp|sctp):\/\//;

/**
 * Reads the settings of the environment: `SEGMINT_CACHE_SIZE` and so on. A variable that is empty says nothing.
 * @param environment - all variables.
 * @param readSecret - reads the file that a secret is in.
 * @throws {RequestError} when a name that begins with `SEGMINT_` is no setting's, or a list cannot be read.
 */
export async function readEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  readSecret: (path: string, place: string) => Promise<string>,
): Promise<Layer> {
  const layer = new Map<SettingName, Given>();
  for (const [variable, value] of Object.entries(environment).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const meaning = meaningOfVariable(variable, value);
    if (meaning === undefined || value === undefined || value === '') continue;
    const { name, isFileOfIt } = meaning;
    if (layer.has(name)) throw new RequestError(`${variable}: the setting is given twice; give one of both.`);
    const text = isFileOfIt ? await readSecret(value, variable) : value;
    layer.set(name, { value: settingOf(name).isList ? listIn(text, variable, name) : text, place: variable });
  }
  return layer;
}

function meaningOfVariable(variable: string, value: string | undefined): Meaning | undefined {
  if (!variable.startsWith(PREFIX) || variable === CONFIG_VARIABLE || KUBERNETES.test(variable))
    return undefined;
  if (variable === 'SEGMINT_PORT' && KUBERNETES_PORT.test(value ?? '')) return undefined;
  const meaning = meaningOf(variable.slice(PREFIX.length).toLowerCase().replaceAll('_', '-'));
  if (meaning !== undefined) return meaning;
  const known = knownKeys().map((key) => `${PREFIX}${key.replaceAll('-', '_').toUpperCase()}`);
  throw unknownSetting(variable, 'The environment', known);
}

/** Divided by commas, or lines where commas may be part of a value; a JSON list says it exactly. */
function listIn(text: string, variable: string, name: SettingName): unknown {
  if (text.startsWith('[') || text.startsWith('{')) {
    try {
      return JSON.parse(text);
    } catch (cause) {
      throw new RequestError(`${variable}: this is not JSON.`, 'invalid', { cause });
    }
  }
  const parts = text.includes('\n') || name === 'header' ? text.split('\n') : text.split(',');
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}
