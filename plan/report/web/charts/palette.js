// Colours that colour-blind readers tell apart (Okabe and Ito 2008), darker on paper and lighter on a dark screen; and
// a scale for heat maps from the viridis family, whose lightness alone says the order.

export const light = {
  paper: '#ffffff', ink: '#1b1f24', soft: '#59636e', line: '#d8dee4',
  shade: 'rgba(89, 99, 110, 0.16)', limit: '#b03a00',
  met: '#00734f', missed: '#d55e00', undecided: '#8a6d00', unsteady: '#7b3fa0', none: '#59636e',
  series: ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#8a7a00', '#555555', '#7b3fa0'],
  heat: ['#e8f3ec', '#a9dcc0', '#57b8b0', '#3182a8', '#31538f', '#2c2464'],
  room: ['#1f6f8b', '#5aa9bd', '#b5dbe0', '#f6e7a1', '#f0a56b', '#d9632f', '#8f2d0c'],
};

export const dark = {
  paper: '#14181d', ink: '#e6e9ec', soft: '#a3adb8', line: '#333b44',
  shade: 'rgba(163, 173, 184, 0.18)', limit: '#ff9457',
  met: '#3ecf9d', missed: '#ff9457', undecided: '#f0d060', unsteady: '#b995dd', none: '#a3adb8',
  series: ['#56b4e9', '#ff9457', '#3ecf9d', '#e79ac5', '#f0b93a', '#9fd3f5', '#f0e442', '#b9c1c9', '#b995dd'],
  heat: ['#24304a', '#2c4f75', '#2f7593', '#3f9f9b', '#83c99a', '#e3efa6'],
  room: ['#1d5f78', '#2f7f96', '#7fb4bf', '#e9d98a', '#e59a5f', '#cf5a27', '#8a2f12'],
};

/** A stage of a request has the same colour on every page: waits in warm ones, work in cold ones. */
const stages = {
  cpu: ['#0072b2', '#56b4e9'], cpu_wait: ['#d55e00', '#ff9457'], pool_wait: ['#e69f00', '#f0b93a'],
  bouncer_wait: ['#b8860b', '#d9a93f'], cache: ['#009e73', '#3ecf9d'], network: ['#9aa5b1', '#aab4be'],
  io: ['#5b4a9e', '#a99ae6'], commit: ['#cc79a7', '#e79ac5'], bouncer: ['#6b7a3a', '#b4c274'],
  queue: ['#a8482c', '#d98a70'], call: ['#56b4e9', '#9fd3f5'], call_wait: ['#f2c45f', '#f7dc9c'],
  service_cpu: ['#2f8f9d', '#6cc7d4'], service_wait: ['#e08a6d', '#f2b39d'], batch: ['#7fb069', '#a9d495'],
  backoff: ['#8c8c8c', '#c4c4c4'], failed: ['#3d3d3d', '#8d959d'],
};
export const ofStage = (name, colors) => (stages[name] || [light.none, dark.none])[colors === dark ? 1 : 0];

export const ofMark = (mark, colors) =>
  colors[{'✓': 'met', '✗': 'missed', '?': 'undecided', '~': 'unsteady'}[mark] || 'none'];
