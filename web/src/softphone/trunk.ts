import type { GenesysCloudWebrtcSdk } from 'genesys-cloud-webrtc-sdk';
import type { Equipment, EquipmentChoice } from './equipment';

/** What the vendor's library says of calls. */
export type TrunkEvent =
  | { type: 'proposed'; conversationId: string; autoAnswer: boolean }
  | { type: 'withdrawn' | 'begun' | 'finished'; conversationId: string }
  | { type: 'equipment' }
  /** The browser gave no microphone; `denied`: it, or the person, refused. */
  | { type: 'no-microphone'; denied: boolean };

/** The calls of one instance of the vendor's library. Its promises reject with the vendor's errors. */
export interface Trunk {
  listen(listener: (event: TrunkEvent) => void): void;
  answer(conversationId: string): Promise<void>;
  decline(conversationId: string): Promise<void>;
  end(conversationId: string): Promise<void>;
  mute(conversationId: string, muted: boolean): Promise<void>;
  hold(conversationId: string, held: boolean): Promise<void>;
  /** Calls a colleague; the conversation's id. */
  call(userId: string): Promise<string>;
  /** The live connection of a call whose sound is here. */
  connection(conversationId: string): RTCPeerConnection | null;
  /** Whether a call's sound would be lost with this instance. */
  busy(): boolean;
  equipment(): Equipment;
  choose(choice: EquipmentChoice): Promise<void>;
  /** Asks for the microphone, so that the first call need not wait for it. */
  askMicrophone(): Promise<void>;
}

export function trunkOf(sdk: GenesysCloudWebrtcSdk): Trunk {
  return {
    listen: (listener) => forward(sdk, listener),
    answer: (conversationId) => sdk.acceptPendingSession({ conversationId }),
    decline: (conversationId) => sdk.rejectPendingSession({ conversationId }),
    end: (conversationId) => sdk.endSession({ conversationId }),
    mute: (conversationId, mute) => sdk.setAudioMute({ conversationId, mute }),
    hold: (conversationId, held) => sdk.setConversationHeld({ conversationId, held }),
    call: async (callUserId) => (await sdk.startSoftphoneSession({ callUserId })).id,
    connection: (conversationId) => connectionOf(sdk, conversationId),
    busy: () => liveSessions(sdk).length > 0,
    equipment: () => equipmentOf(sdk),
    choose: async ({ microphone, speaker }) => {
      await sdk.updateDefaultDevices({
        audioDeviceId: microphone,
        outputDeviceId: speaker,
        updateActiveSessions: true,
      });
    },
    askMicrophone: async () => {
      await sdk.media.requestMediaPermissions('audio');
    },
  };
}

function forward(sdk: GenesysCloudWebrtcSdk, tell: (event: TrunkEvent) => void): void {
  const withdrawn = ({ conversationId }: { conversationId?: string }) =>
    conversationId && tell({ type: 'withdrawn', conversationId });
  sdk.on('pendingSession', ({ conversationId, autoAnswer }) =>
    tell({ type: 'proposed', conversationId, autoAnswer: autoAnswer === true }),
  );
  sdk.on('cancelPendingSession', withdrawn);
  sdk.on('handledPendingSession', withdrawn);
  sdk.on('sessionStarted', ({ conversationId }) => tell({ type: 'begun', conversationId }));
  sdk.on('sessionEnded', ({ conversationId, sessionReplacedByReinvite }) => {
    // A session that was made anew goes on under another id; the call has not ended.
    if (!sessionReplacedByReinvite) tell({ type: 'finished', conversationId });
  });
  sdk.on('sdkError', (error) => {
    if (error.type === 'media') {
      tell({ type: 'no-microphone', denied: sdk.media.isPermissionsError(error) });
    }
  });
  const changed = () => tell({ type: 'equipment' });
  sdk.media.on('state', changed);
}

function liveSessions(sdk: GenesysCloudWebrtcSdk) {
  // There is no session manager until the library is connected.
  const sessions = sdk.sessionManager?.getAllSessions() ?? [];
  return sessions.filter((session) => session.peerConnection.connectionState !== 'closed');
}

function connectionOf(sdk: GenesysCloudWebrtcSdk, conversationId: string): RTCPeerConnection | null {
  const sessions = liveSessions(sdk).filter((each) => !each.sessionReplacedByReinvite);
  const own = sessions.find((each) => each.conversationId === conversationId);
  // Calls of one line share a session, which names only the newest of them.
  const shared = sessions.length === 1 ? sessions[0] : undefined;
  return (own ?? shared)?.peerConnection ?? null;
}

function equipmentOf(sdk: GenesysCloudWebrtcSdk): Equipment {
  const state = sdk.media.getState();
  const named = (devices: MediaDeviceInfo[]) =>
    devices
      .filter(({ deviceId, label }) => deviceId !== '' && label !== '')
      .map(({ deviceId, label }) => ({ id: deviceId, label }));
  return {
    microphones: named(state.audioDevices),
    speakers: state.hasOutputDeviceSupport ? named(state.outputDevices) : [],
  };
}
