import { EngineError, RequestError } from '../errors.js';
import { createEnginePool } from '../engine/pool.js';
import { resolveSettings } from './config/resolve-settings.js';
import { examineSettings, type SettingsFinding } from './examine-settings.js';
import { examineMachine, type MachineReport } from './examine-machine.js';
import { formatBytes, formatTable, printable } from './format.js';
import { hardwareRows } from './hardware-rows.js';
import type { Terminal } from './terminal.js';

/** Options of {@link doctor}. */
export interface DoctorOptions {
  /** Prints JSON. */
  readonly json?: boolean;
  /** The file with the settings of a server, which are tried, too, as those of the environment are. */
  readonly config?: string;
}

/**
 * `segmint doctor`: tries everything that playing needs, and says what works, what does not, and why.
 * @param options - as parsed.
 * @param version - of this program.
 * @param terminal - where it is said.
 * @param signal - ends it.
 * @throws {RequestError} when a server could not run with the settings.
 * @throws {EngineError} when films that must be encoded cannot be played here; all has been told by then.
 */
export async function doctor(
  options: DoctorOptions,
  version: string,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<void> {
  // A driver may hang, and the engine with it; the others go on.
  await using engines = createEnginePool({ size: 2 });
  const { config } = options;
  const resolved = await resolveSettings({ roots: [], flags: {}, config }, process.env);
  const report = await examineMachine(engines, signal);
  // Where there is not a single one it is the machine alone that is asked about.
  const isConfigured = config !== undefined || resolved.places.size > 0;
  const settings = isConfigured ? await examineSettings(resolved.settings, signal) : undefined;
  terminal.print(
    options.json === true
      ? JSON.stringify({ segmint: version, ...report, settings }, undefined, 2)
      : [reportText(report, version), ...(settings === undefined ? [] : [settingsText(settings)])].join(
          '\n\n',
        ),
  );
  if (!report.isPlaying)
    throw new EngineError('Films that must be encoded cannot be played on this machine.');
  if (settings?.some(({ verdict }) => verdict === 'bad')) {
    throw new RequestError('A server could not run with these settings.');
  }
}

function settingsText(findings: readonly SettingsFinding[]): string {
  return formatTable([
    ['SETTING', 'VERDICT', 'DETAIL'],
    ...findings.map(({ what, verdict, detail }) => [printable(what), verdict, printable(detail)]),
  ]);
}

function reportText(report: MachineReport, version: string): string {
  const { engine, memory, temporary, hardware, problems } = report;
  const facts = [
    ['segmint', `${version} on Node.js ${report.node}, ${report.platform}`],
    ['processor', `${report.cores} cores, ${printable(report.processor)}`],
    ['memory', `${formatBytes(memory.total)}, ${formatBytes(memory.free)} free`],
    ['temporary', `${printable(temporary.path)}${freeText(temporary.free)}`],
    ...(engine === undefined
      ? []
      : [
          ['engine', `FFmpeg ${engine.ffmpeg}, ${engine.build}`],
          ['licence', engine.licence],
          ['decoders', decodersText(engine.missingDecoders)],
          ['audio', engine.audioEncoder],
        ]),
  ];
  const encoders = [
    ['ENCODER', 'WORKS', 'DETAIL'],
    ...hardware.flatMap(hardwareRows),
    ...(engine === undefined
      ? []
      : [['x264', report.isPlaying ? 'yes' : 'no', 'in software, on every machine']]),
  ];
  const verdict = report.isPlaying
    ? `Video is encoded by ${report.videoEncoder}. Everything that playing needs works.`
    : problems.map((problem) => `Problem: ${printable(problem)}`).join('\n');
  return [formatTable(facts), formatTable(encoders), verdict].join('\n\n');
}

function decodersText(missing: readonly string[]): string {
  return missing.length === 0 ? 'all that films need are there' : `missing: ${missing.join(', ')}`;
}

function freeText(free: number | undefined): string {
  return free === undefined ? '' : `, ${formatBytes(free)} free`;
}
