/** Fragments of session descriptions, for a restart of ICE. Source: RFC 8840, section 9. */

const CREDENTIALS = /^a=ice-(ufrag|pwd):/;
const CANDIDATE = /^a=(candidate:|end-of-candidates)/;

/** What a description says of ICE: its credentials, then its line of audio with the candidates. */
export function fragmentOf(description: string): string {
  const lines = linesOf(description);
  const media = lines.filter((line) => line.startsWith('m='))[0] ?? 'm=audio 9 UDP/TLS/RTP/SAVPF 0';
  const wanted = (pattern: RegExp) => lines.filter((line) => pattern.test(line));
  const credentials = [...new Set(wanted(CREDENTIALS))];
  return joined([
    ...credentials,
    media,
    ...wanted(/^a=mid:/).slice(0, 1),
    ...wanted(CANDIDATE),
    'a=end-of-candidates',
  ]);
}

/** The description of the far side as it was, with the credentials and candidates of a fragment. */
export function withFragment(description: string, fragment: string): string {
  const news = linesOf(fragment);
  const credentials = news.filter((line) => CREDENTIALS.test(line));
  const candidates = news.filter((line) => CANDIDATE.test(line));
  const kept = linesOf(description).filter((line) => !CREDENTIALS.test(line) && !CANDIDATE.test(line));
  // Credentials belong to each line of media: this call has one, and it ends with the description.
  const media = kept.findIndex((line) => line.startsWith('m='));
  const head = kept.slice(0, media + 1);
  const rest = kept.slice(media + 1);
  const connection = rest.filter((line) => line.startsWith('c='));
  const attributes = rest.filter((line) => !line.startsWith('c='));
  return joined([...head, ...connection, ...credentials, ...attributes, ...candidates]);
}

function linesOf(text: string): string[] {
  return text.split(/\r?\n/).filter((line) => line !== '');
}

function joined(lines: string[]): string {
  const [...unique] = lines.filter(
    (line, index) => line !== 'a=end-of-candidates' || index === lines.length - 1,
  );
  return `${unique.join('\r\n')}\r\n`;
}
