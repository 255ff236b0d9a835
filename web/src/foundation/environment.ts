/** Where this page's server is. `name` is the vendor's `environment` option: HOST[:PORT]. */
export interface Environment {
  name: string;
  api: string;
  streaming: string;
  login: string;
  page: string;
}

/** Derives the environment from the page's own address: `apps.HOST`, or the bare host that serves all by path. */
export function environmentOf(location: { host: string; origin: string }): Environment {
  const bare = !location.host.startsWith('apps.');
  const name = bare ? location.host : location.host.slice('apps.'.length);
  return {
    name,
    api: bare ? location.origin : `https://api.${name}`,
    // The vendor's library always opens its socket here, whichever address the page came from.
    streaming: `https://streaming.${name}`,
    login: bare ? location.origin : `https://login.${name}`,
    page: location.origin,
  };
}
