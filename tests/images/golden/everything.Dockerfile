FROM python:3.12-slim
USER 0:0
WORKDIR /app
RUN ["/bin/sh", "-c", "apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends git libgomp1=12.2.0-14 && rm -rf /var/lib/apt/lists/*"]
COPY ["requirements/", "/tmp/volery/requirements/"]
RUN ["python", "-m", "pip", "install", "--no-cache-dir", "--index-url", "https://packages.example.com/simple", "--extra-index-url", "https://more.example.com/simple", "--no-deps", "--requirement", "/tmp/volery/requirements/requirements.txt"]
COPY ["wheels/", "/tmp/volery/wheels/"]
RUN ["python", "-m", "pip", "install", "--no-cache-dir", "--index-url", "https://packages.example.com/simple", "--extra-index-url", "https://more.example.com/simple", "--no-deps", "/tmp/volery/wheels/ours-1-py3-none-any.whl", "numpy>=2", "volery==VERSION"]
ENV GREETING="a \"quoted\" \$HOME \\ word"
RUN ["/bin/sh", "-c", "echo 'one' && echo \"two\""]
RUN ["/bin/sh", "-c", "printf 'a\nRUN b\n'"]
COPY ["copy/", "/app/"]
COPY ["source/", "/app/"]
ENV PYTHONPATH=/app
ENV HOME=/tmp
ENV VOLERY_IMAGE_ID=DIGEST
ENV VOLERY_IMAGE=volery:DIGEST
USER 1000:1000
ENTRYPOINT ["python", "-u"]
