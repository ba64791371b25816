// An OpenID provider that this project did not write, with people, keys and faults told over HTTP.
// PORT, MODULES (folder of the installed packages) and CLIENT (JSON) come from the environment.
import { createServer } from 'node:http';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const { PORT, MODULES, CLIENT } = process.env;
// By another name than ours, so that to a browser it is another site.
const issuer = `http://localhost:${PORT}`;
const installed = (file) => import(pathToFileURL(path.join(MODULES, file)).href);
const { default: Provider } = await installed('oidc-provider/lib/index.js');
const jose = await installed('jose/dist/webapi/index.js');

let people = {};
let fault = null; // claims that replace those of the next ID tokens, or {alg: 'none'}
let signing = null;
let provider = null;

async function rotate() {
  const { privateKey } = await jose.generateKeyPair('RS256', { extractable: true });
  const jwk = await jose.exportJWK(privateKey);
  signing = { ...jwk, kid: `key-${Date.now()}-${Math.random()}`, alg: 'RS256', use: 'sig' };
  provider = new Provider(issuer, {
    clients: [JSON.parse(CLIENT)],
    jwks: { keys: [signing] },
    scopes: ['openid', 'profile', 'groups'],
    claims: { profile: ['name', 'preferred_username'], groups: ['groups'] },
    cookies: { keys: ['a secret for tests'] },
    features: { devInteractions: { enabled: true }, backchannelLogout: { enabled: true } },
    // It calls nobody on this machine by itself, and here everybody is.
    fetch: (url, options) => fetch(url, { ...options, dispatcher: undefined }),
    pkce: { required: () => true },
    findAccount: (ctx, sub) => ({ accountId: sub, claims: () => ({ sub, ...people[sub] }) }),
  });
  provider.use(spoil);
}

// What a provider in trouble, or somebody between it and us, would send instead.
async function spoil(ctx, next) {
  await next();
  if (ctx.path !== '/token' || !fault || !ctx.body?.id_token) return;
  const claims = { ...jose.decodeJwt(ctx.body.id_token), ...fault.claims };
  ctx.body = { ...ctx.body, id_token: await signed(claims, fault) };
}

async function signed(claims, { alg = 'RS256', foreign = false, typ }) {
  if (alg === 'none') return new jose.UnsecuredJWT(claims).encode();
  const own = alg === 'HS256' ? new TextEncoder().encode(JSON.parse(CLIENT).client_secret) : null;
  const stranger = foreign && (await jose.generateKeyPair('RS256')).privateKey;
  const key = own || stranger || (await jose.importJWK(signing, 'RS256'));
  return new jose.SignJWT(claims).setProtectedHeader({ alg, kid: signing.kid, typ }).sign(key);
}

const controls = {
  '/_people': (told) => { people = told; },
  '/_fault': (told) => { fault = told; },
  '/_rotate': rotate,
  '/_sign': ({ claims, ...how }) => signed(claims, how),
};

async function control(request, response) {
  let body = '';
  for await (const part of request) body += part;
  const made = await controls[request.url](JSON.parse(body || 'null'));
  response.end(JSON.stringify(made ?? null));
}

await rotate();
createServer((request, response) => {
  if (request.url in controls) control(request, response);
  else provider.callback()(request, response);
}).listen(PORT, '127.0.0.1', () => console.log('up', issuer));
