// The rooms of the design: a folder of src/ may import only the folders at its right, and errors.ts.
const rooms = {
  bytes: [],
  time: [],
  media: ['time'],
  codecs: ['bytes', 'media', 'time'],
  io: ['bytes', 'media'],
  matroska: ['bytes', 'time', 'media', 'codecs'],
  isobmff: ['bytes', 'time', 'media', 'codecs'],
  mpegts: ['bytes', 'time', 'media', 'codecs'],
  timeline: ['time', 'media'],
  playlist: ['time', 'media'],
  engine: ['media', 'time', 'codecs', 'io', 'mpegts'],
  pipelines: [
    'bytes',
    'time',
    'media',
    'codecs',
    'io',
    'matroska',
    'isobmff',
    'mpegts',
    'timeline',
    'playlist',
    'engine',
  ],
  delivery: [
    'bytes',
    'time',
    'media',
    'codecs',
    'io',
    'matroska',
    'isobmff',
    'mpegts',
    'timeline',
    'playlist',
    'engine',
    'pipelines',
  ],
  server: ['delivery', 'pipelines', 'media', 'time', 'io'],
  cli: ['server', 'delivery', 'pipelines', 'engine', 'io', 'media', 'time'],
};
const pure = ['bytes', 'time', 'media', 'codecs', 'matroska', 'isobmff', 'mpegts', 'timeline', 'playlist'];
const test = '\\.test\\.ts$';

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-orphans', severity: 'error', from: { orphan: true, path: '^src/', pathNot: test }, to: {} },
    ...Object.entries(rooms).map(([room, allowed]) => ({
      name: `room-${room}`,
      severity: 'error',
      from: { path: `^src/${room}/`, pathNot: test },
      to: { path: '^src/', pathNot: `^src/(${[room, ...allowed].join('|')})/|^src/errors\\.ts$` },
    })),
    {
      name: 'every-folder-is-a-room',
      severity: 'error',
      from: { path: '^src/.+/', pathNot: `^src/(${Object.keys(rooms).join('|')})/` },
      to: {},
    },
    {
      name: 'errors-import-nothing',
      severity: 'error',
      from: { path: '^src/errors\\.ts$' },
      to: {},
    },
    {
      name: 'pure-rooms-would-run-in-a-browser',
      severity: 'error',
      from: { path: `^src/(${pure.join('|')})/`, pathNot: test },
      to: { dependencyTypes: ['core', 'npm', 'npm-dev', 'npm-optional'] },
    },
    {
      name: 'only-the-engine-knows-node-av',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/engine/' },
      to: { path: 'node-av' },
    },
    {
      name: 'shipped-code-uses-shipped-packages',
      severity: 'error',
      from: { path: '^src/', pathNot: test },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
