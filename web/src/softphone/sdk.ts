import type { GenesysCloudWebrtcSdk, ISdkConfig } from 'genesys-cloud-webrtc-sdk';
// The vendor's file as published, unmodified, as an asset of its own: this page is also a test of compatibility with it.
import sdkUrl from 'genesys-cloud-webrtc-sdk/dist/genesys-cloud-webrtc-sdk.bundle.min.js?url';
import type { EquipmentChoice } from './equipment';
import { type Trunk, trunkOf } from './trunk';

interface SdkNamespace {
  GenesysCloudWebrtcSdk: new (config: ISdkConfig) => GenesysCloudWebrtcSdk;
}

declare global {
  interface Window {
    GenesysCloudWebrtcSdk?: SdkNamespace;
  }
}

let loading: Promise<SdkNamespace> | null = null;

/** Loads the vendor's library once. A failed load may be tried again. */
function loadSdk(): Promise<SdkNamespace> {
  loading ??= new Promise<SdkNamespace>((resolve, reject) => {
    const script = document.createElement('script');
    script.src = sdkUrl;
    script.onload = () =>
      window.GenesysCloudWebrtcSdk
        ? resolve(window.GenesysCloudWebrtcSdk)
        : reject(new Error('The softphone library defined nothing.'));
    script.onerror = () => reject(new Error('The softphone library could not be loaded.'));
    document.head.append(script);
  }).catch((error: unknown) => {
    loading = null;
    throw error;
  });
  return loading;
}

const silent = () => undefined;
/** Keeps the console calm; the library still sends its telemetry to our own /diagnostics/trace. */
const quiet = { log: silent, debug: silent, info: silent, warn: silent, error: silent };
type VendorLogger = NonNullable<ISdkConfig['logger']>;

/** One instance of the vendor's library, reduced to what this page uses. */
export interface Line {
  /** Settles once: ready, or refused for good. */
  initialize(): Promise<void>;
  station(): string | null;
  on(event: 'connected' | 'disconnected' | 'station', listener: () => void): void;
  subscribe(topic: string, handler: (event: unknown) => void): Promise<void>;
  trunk: Trunk;
  /** Ends it, also in the middle of its own attempts to connect. */
  retire(): void;
}

export async function openLine(
  environment: string,
  accessToken: string,
  { microphone, speaker }: EquipmentChoice,
): Promise<Line> {
  const { GenesysCloudWebrtcSdk: Sdk } = await loadSdk();
  const sdk = new Sdk({
    environment,
    accessToken,
    // The vendor documents these five methods as the whole interface; its type names the class.
    logger: quiet as unknown as VendorLogger,
    // biome-ignore lint/suspicious/noExplicitAny: the vendor's enum has no runtime in a type-only import.
    allowedSessionTypes: ['softphone' as any],
    originAppName: 'shiftline',
    originAppVersion: '0.1.0',
    defaults: { audioDeviceId: microphone, outputDeviceId: speaker },
  });
  // An emitter without a listener for its errors is silent here; the rejections carry the same.
  sdk.on('sdkError', silent);
  return {
    initialize: () => sdk.initialize(),
    station: () => sdk.station?.name ?? null,
    on: (event, listener) => {
      sdk.on(event, listener);
    },
    subscribe: async (topic, handler) => {
      await sdk._streamingConnection.notifications.subscribe(topic, handler);
    },
    trunk: trunkOf(sdk),
    retire: () => retire(sdk),
  };
}

function retire(sdk: GenesysCloudWebrtcSdk): void {
  const connection = sdk._streamingConnection;
  if (connection && !connection.connected) {
    // The library cannot be told to stop between two attempts; without its token the next one ends it.
    connection.stopServerLogging();
    connection.setAccessToken('');
  }
  const ended: Promise<unknown> = sdk.sessionManager ? sdk.destroy() : Promise.resolve(sdk.disconnect());
  ended.catch(silent);
}
