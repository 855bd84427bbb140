"""LightGBM as the scorer, for the models that the forest refuses."""

import numpy as np

from features.bundle import BundleError
from service.ranking.forest import Matrix, Scores


class LightGBM:
    """Scores with LightGBM's own code, in the calling thread.

    One thread per process, always: with its default it took four times as long for a listing, and OpenMP's pool does
    not survive a fork.
    """

    def __init__(self, text: str) -> None:
        # It costs 0.5 s and 60 MB, and nearly no process needs it.
        from lightgbm import Booster  # noqa: PLC0415
        from lightgbm.basic import LightGBMError  # noqa: PLC0415

        try:
            self._booster = Booster(model_str=text)
        except LightGBMError as error:
            raise BundleError(f"model.txt: {error}") from None
        self.names: tuple[str, ...] = tuple(self._booster.feature_name())

    def score(self, matrix: Matrix) -> Scores:
        """Return the raw score of each row, shape (n,); no rows give no scores."""
        if not len(matrix):
            return np.zeros(0)
        return np.asarray(self._booster.predict(np.ascontiguousarray(matrix), raw_score=True, num_threads=1))

    def contributions(self, matrix: Matrix) -> Scores:
        """Return what each column adds to each row's score, shape (n, k): SHAP values, milliseconds per row."""
        if not len(matrix):
            return np.zeros(matrix.shape)
        shap = self._booster.predict(np.ascontiguousarray(matrix), pred_contrib=True, num_threads=1)
        return np.asarray(shap)[:, :-1]
