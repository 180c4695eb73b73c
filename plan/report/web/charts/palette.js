// Colours that colour-blind readers tell apart (Okabe and Ito 2008), darker on paper and lighter on a dark screen; and
// a scale for heat maps from the viridis family, whose lightness alone says the order.

export const light = {
  paper: '#ffffff', ink: '#1b1f24', soft: '#59636e', line: '#d8dee4',
  shade: 'rgba(89, 99, 110, 0.16)', limit: '#b03a00',
  met: '#00734f', missed: '#d55e00', undecided: '#8a6d00', unsteady: '#7b3fa0', none: '#59636e',
  series: ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#8a7a00', '#555555', '#7b3fa0'],
  heat: ['#e8f3ec', '#a9dcc0', '#57b8b0', '#3182a8', '#31538f', '#2c2464'],
};

export const dark = {
  paper: '#14181d', ink: '#e6e9ec', soft: '#a3adb8', line: '#333b44',
  shade: 'rgba(163, 173, 184, 0.18)', limit: '#ff9457',
  met: '#3ecf9d', missed: '#ff9457', undecided: '#f0d060', unsteady: '#b995dd', none: '#a3adb8',
  series: ['#56b4e9', '#ff9457', '#3ecf9d', '#e79ac5', '#f0b93a', '#9fd3f5', '#f0e442', '#b9c1c9', '#b995dd'],
  heat: ['#24304a', '#2c4f75', '#2f7593', '#3f9f9b', '#83c99a', '#e3efa6'],
};

export const ofMark = (mark, colors) =>
  colors[{'✓': 'met', '✗': 'missed', '?': 'undecided', '~': 'unsteady'}[mark] || 'none'];
