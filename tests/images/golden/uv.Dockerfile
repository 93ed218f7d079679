FROM python:3.13-slim
USER 0:0
WORKDIR /app
COPY ["requirements/", "/tmp/volery/requirements/"]
WORKDIR /tmp/volery/requirements
RUN ["/bin/sh", "-c", "python -m venv /tmp/volery/tool && /tmp/volery/tool/bin/python -m pip install --no-cache-dir uv && /tmp/volery/tool/bin/uv export --frozen --no-dev --no-emit-project --quiet --output-file /tmp/volery/pinned.txt && python -m pip install --no-cache-dir --requirement /tmp/volery/pinned.txt && rm -rf /tmp/volery/tool"]
WORKDIR /app
ENV HOME=/tmp
ENV VOLERY_IMAGE_ID=DIGEST
ENV VOLERY_IMAGE=volery:DIGEST
USER 1000:1000
