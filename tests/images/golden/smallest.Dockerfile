FROM python:3.13-slim
USER 0:0
WORKDIR /app
RUN ["python", "-m", "pip", "install", "--no-cache-dir", "volery==VERSION"]
ENV HOME=/tmp
ENV VOLERY_IMAGE_ID=DIGEST
ENV VOLERY_IMAGE=volery:DIGEST
USER 1000:1000
