/** Line icons of one weight, drawn for this page. All are decoration: the text beside them says the same. */
const PATHS = {
  phone:
    'M6.6 3.5 9 3a1 1 0 0 1 1.1.6l1.2 2.9a1 1 0 0 1-.3 1.1L9.6 8.8a11 11 0 0 0 5.6 5.6l1.2-1.4a1 1 0 0 1 1.1-.3l2.9 1.2a1 1 0 0 1 .6 1.1l-.5 2.4a2 2 0 0 1-2 1.6A15.9 15.9 0 0 1 5 5.5a2 2 0 0 1 1.6-2z',
  check: 'm5 12.5 4.5 4.5L19 7.5',
  cross: 'M6 6l12 12M18 6 6 18',
  question: 'M9 9.2a3 3 0 1 1 4.3 2.7c-.9.5-1.3 1-1.3 2.1M12 17.6v.1',
  swap: 'M4 8h14m-4-4 4 4-4 4M20 16H6m4 4-4-4 4-4',
  previous: 'm14.5 5-7 7 7 7',
  next: 'm9.5 5 7 7-7 7',
  down: 'm6 9.5 6 6 6-6',
  clock: 'M12 7v5l3.2 2M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z',
  wrench:
    'M14.5 6.5a4 4 0 0 1 5-1.3l-2.7 2.7.6 1.8 1.8.6L22 7.6a4 4 0 0 1-5.4 4.7L9.2 19.8a2 2 0 0 1-2.9-2.9l7.4-7.4a4 4 0 0 1 .8-3z',
  cloudOff: 'M4 4l16 16M9.2 6.2A6 6 0 0 1 17.4 10a4.2 4.2 0 0 1 2.9 6.4M16.5 18H7a4.5 4.5 0 0 1-1-8.9',
  lock: 'M7 11V8a5 5 0 0 1 10 0v3M6 11h12v9H6z',
  microphone:
    'M12 15a3.5 3.5 0 0 0 3.5-3.5v-5a3.5 3.5 0 0 0-7 0v5A3.5 3.5 0 0 0 12 15zM5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3',
  microphoneOff:
    'M4 4l16 16M15.5 10V6.5a3.5 3.5 0 0 0-6.7-1.4M8.5 8.5v3a3.5 3.5 0 0 0 5.6 2.8M5.5 11.5a6.5 6.5 0 0 0 10.7 5M12 18v3M18.5 11.5c0 .8-.1 1.5-.4 2.2',
  speaker: 'M4 9.5v5h3.5L12 18.5v-13L7.5 9.5zM15.5 9a4 4 0 0 1 0 6M18 6.5a8 8 0 0 1 0 11',
  pause: 'M8.5 5.5v13M15.5 5.5v13',
  play: 'M8 5.5v13l10.5-6.5z',
  keypad: 'M6 5.5v.1M12 5.5v.1M18 5.5v.1M6 11.5v.1M12 11.5v.1M18 11.5v.1M6 17.5v.1M12 17.5v.1M18 17.5v.1',
  hangUp:
    'M3 14.5c0-5 5-6.5 9-6.5s9 1.5 9 6.5c0 1.2-.5 1.6-1.3 1.5l-3.3-.5c-.7-.1-1-.5-1-1.2v-2a14 14 0 0 0-6.8 0v2c0 .7-.3 1.1-1 1.2L4.3 16c-.8.1-1.3-.3-1.3-1.5z',
  bell: 'M6.5 16.5V11a5.5 5.5 0 0 1 11 0v5.5l1.5 1.5H5zM10 20.5a2.2 2.2 0 0 0 4 0',
  bellOff: 'M4 4l16 16M17.5 13v-2A5.5 5.5 0 0 0 9 6.4M6.5 10.5v6L5 18h13M10 20.5a2.2 2.2 0 0 0 4 0',
  people:
    'M9 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 19.5a6.5 6.5 0 0 1 13 0M16 5a3.3 3.3 0 0 1 0 6.2M18 14a6 6 0 0 1 3.5 5.5',
  send: 'M4.5 12h14m-5.5-5.5 5.5 5.5-5.5 5.5',
  record: 'M12 17a5 5 0 1 0 0-10 5 5 0 0 0 0 10z',
  note: 'M6 3.5h8l4 4v13H6zM9.5 12h5M9.5 16h5',
  person: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20.5a7.5 7.5 0 0 1 15 0',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 20 }: { name: IconName; size?: number }) {
  return (
    <svg
      aria-hidden="true"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={2}
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
