import type { WebCallStatus } from '../wire/api';
import { fragmentOf, withFragment } from './fragment';
import { chooseStep, type Health } from './step';
import {
  CallRefused,
  CallUnreached,
  getIceServers,
  getStatus,
  hangUp,
  patchFragment,
  postNewOffer,
  postOffer,
} from './whip';
import { failureOf, type Stage } from './words';

const POLL_MS = 1_000;
const GATHERING_MS = 1_000;

/** One call from the web: its microphone, its connection, and how the server says that it stands. */
export class WebCall {
  readonly #url: string;
  readonly #tell: (stage: Stage) => void;
  readonly #player: HTMLAudioElement;
  #microphone: MediaStreamTrack | null = null;
  #connection: RTCPeerConnection | null = null;
  #iceServers: RTCIceServer[] = [];
  #resource: string | null = null;
  #status: WebCallStatus | null = null;
  #generation = 0;
  #health: Health = { ice: 'new', since: 0, restartedAt: null };
  /** An offer of this page waits for its answer: nothing else helps before it has one. */
  #isUnanswered = false;
  #wasConnected = false;
  #isOver = false;

  constructor(url: string, player: HTMLAudioElement, tell: (stage: Stage) => void) {
    this.#url = url;
    this.#player = player;
    this.#tell = tell;
  }

  connection = (): RTCPeerConnection | null => this.#connection;

  async start(): Promise<void> {
    try {
      this.#tell({ name: 'asking' });
      const servers = getIceServers(this.#url);
      this.#microphone = await askMicrophone();
      this.#iceServers = await servers;
      if (this.#isOver) return this.#close();
      this.#tell({ name: 'dialing' });
      const { resource, sdp } = await postOffer(this.#url, await this.#offer());
      this.#resource = resource;
      if (this.#isOver) return await hangUp(resource);
      await this.#connection?.setRemoteDescription({ type: 'answer', sdp });
    } catch (error) {
      this.#finish(failureOf(error));
      return;
    }
    await this.#follow(this.#resource);
  }

  mute(isMuted: boolean): void {
    if (this.#microphone) this.#microphone.enabled = !isMuted;
  }

  /** Hangs up, also while the call is only being made. */
  end(): void {
    const resource = this.#resource;
    this.#finish({ name: 'ended', wasConnected: this.#wasConnected });
    if (resource !== null) void hangUp(resource).catch(() => undefined);
  }

  /** Asks how the call stands until it is over, and mends its connection where that is needed. */
  async #follow(resource: string): Promise<void> {
    while (!this.#isOver) {
      await this.#look(resource).catch((error: unknown) => this.#trouble(error));
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  async #look(resource: string): Promise<void> {
    const status = await getStatus(resource);
    if (this.#isOver) return;
    if (this.#generation === 0) this.#generation = status.generation;
    this.#status = status;
    this.#wasConnected ||= status.state === 'connected';
    if (status.state === 'ended') return this.#finish({ name: 'ended', wasConnected: this.#wasConnected });
    this.#tell({ name: 'call', status, unreached: false });
    const now = performance.now();
    const step = this.#isUnanswered ? 'renew' : chooseStep(status, this.#generation, this.#health, now);
    if (step === 'restart') await this.#restart(resource);
    else if (step === 'renew') await this.#renew(resource);
  }

  /** What passes by itself is waited for; a call that is not there any more has ended. */
  #trouble(error: unknown): void {
    if (this.#isOver) return;
    if (error instanceof CallRefused && error.status === 404) {
      this.#finish({ name: 'ended', wasConnected: this.#wasConnected });
    } else if (error instanceof CallUnreached && this.#status) {
      this.#tell({ name: 'call', status: this.#status, unreached: true });
    }
  }

  /** A new connection with the same microphone; the offer that the server has to answer. */
  async #offer(): Promise<string> {
    this.#connection?.close();
    const connection = new RTCPeerConnection({ iceServers: this.#iceServers });
    this.#connection = connection;
    this.#health = { ice: 'new', since: performance.now(), restartedAt: null };
    connection.addEventListener('iceconnectionstatechange', () => this.#feel(connection));
    connection.addEventListener('track', ({ track }) => {
      this.#player.srcObject = new MediaStream([track]);
      void this.#player.play().catch(() => undefined);
    });
    if (this.#microphone) connection.addTransceiver(this.#microphone, { direction: 'sendrecv' });
    return describe(connection, await connection.createOffer());
  }

  #feel(connection: RTCPeerConnection): void {
    if (connection !== this.#connection) return;
    const ice = connection.iceConnectionState;
    const isWell = ice === 'connected' || ice === 'completed';
    this.#health = { ice, since: performance.now(), restartedAt: isWell ? null : this.#health.restartedAt };
  }

  async #restart(resource: string): Promise<void> {
    const connection = this.#connection;
    if (connection === null) return;
    this.#health = { ...this.#health, restartedAt: performance.now() };
    const before = connection.remoteDescription?.sdp ?? '';
    const fragment = fragmentOf(
      await describe(connection, await connection.createOffer({ iceRestart: true })),
    );
    const answer = await patchFragment(resource, fragment).catch((error: unknown) => {
      // Whatever the server cannot restart it may still make anew.
      if (error instanceof CallRefused && error.status !== 404) return null;
      throw error;
    });
    if (answer === null) return this.#renew(resource);
    const sdp = answer === '' ? before : withFragment(before, answer);
    await connection.setRemoteDescription({ type: 'answer', sdp });
  }

  async #renew(resource: string): Promise<void> {
    this.#isUnanswered = true;
    const sdp = await postNewOffer(resource, await this.#offer());
    this.#isUnanswered = false;
    await this.#connection?.setRemoteDescription({ type: 'answer', sdp });
    // The answer belongs to the generation that the server tells next.
    this.#generation = 0;
  }

  #finish(stage: Stage): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#close();
    this.#tell(stage);
  }

  #close(): void {
    this.#microphone?.stop();
    this.#connection?.close();
    this.#player.srcObject = null;
  }
}

async function askMicrophone(): Promise<MediaStreamTrack> {
  if (!navigator.mediaDevices) throw new Error('Calls need a page that was loaded securely, by https.');
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
  });
  const [track] = stream.getAudioTracks();
  if (track === undefined) throw new DOMException('', 'NotFoundError');
  return track;
}

/** Sets a description and waits for its candidates, not for ever: what comes later finds its way by itself. */
async function describe(connection: RTCPeerConnection, offer: RTCSessionDescriptionInit): Promise<string> {
  const gathered = new Promise<void>((resolve) => {
    connection.addEventListener('icegatheringstatechange', () => {
      if (connection.iceGatheringState === 'complete') resolve();
    });
  });
  await connection.setLocalDescription(offer);
  await Promise.race([gathered, new Promise((resolve) => setTimeout(resolve, GATHERING_MS))]);
  return connection.localDescription?.sdp ?? offer.sdp ?? '';
}
